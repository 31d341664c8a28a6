'use client';
import { LinkProvider, Toaster } from '@slipway/ui';
import Link from 'next/link';
import { ThemeProvider } from 'next-themes';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { ApiProvider } from '@/trpc/client.tsx';

/** Providers are what every page stands in: theme, links, URL state, API and toasts. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <NuqsAdapter>
        <ApiProvider>
          <LinkProvider link={Link}>{children}</LinkProvider>
        </ApiProvider>
      </NuqsAdapter>
      <Toaster />
    </ThemeProvider>
  );
}
