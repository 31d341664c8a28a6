import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/shell/app-shell.tsx';
import { isPageVisible } from '@/server/page-guard.ts';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const me = await load(trpc.access.me.queryOptions({}));
  if (me.mustChangePassword) redirect('/change-password');
  // Before anything is streamed: what somebody may not see answers 404 and not 200.
  const path = (await headers()).get('x-path') ?? '/';
  if (!isPageVisible(me, path.split('?')[0] ?? '/')) notFound();
  const isDecider = me.platformPermissions.includes('quota:decide');
  await Promise.all([
    load(trpc.registry.getStarter.queryOptions({})),
    isDecider ? load(trpc.quota.listQuotaRequests.queryOptions({ status: 'pending', limit: 1 })) : undefined,
  ]);
  const homeTeam = (await cookies()).get('slipway-team')?.value ?? null;
  return (
    <Hydrate>
      <AppShell homeTeam={homeTeam}>{children}</AppShell>
    </Hydrate>
  );
}
