'use client';
import { LinkProvider, Toaster, TooltipProvider } from '@slipway/ui';
import Link from 'next/link';
import { ThemeProvider, useTheme } from 'next-themes';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { ApiProvider } from '@/trpc/client.tsx';

function ThemedToaster() {
  const { resolvedTheme } = useTheme();
  return <Toaster theme={resolvedTheme === 'dark' ? 'dark' : 'light'} />;
}

/** Providers are what every page stands in: theme, links, URL state, API and toasts. */
export function Providers({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <NuqsAdapter>
        <ApiProvider>
          <LinkProvider link={Link}>
            <TooltipProvider>{children}</TooltipProvider>
          </LinkProvider>
        </ApiProvider>
      </NuqsAdapter>
      <ThemedToaster />
    </ThemeProvider>
  );
}
