import { cookies, headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { AppShell } from '@/components/shell/app-shell.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const me = await load(trpc.access.me.queryOptions({}));
  if (me.mustChangePassword) redirect('/change-password');
  // Before anything is streamed: another team's address must answer 404 and not 200.
  const team = /^\/teams\/([^/?]+)/.exec((await headers()).get('x-path') ?? '')?.[1];
  if (team !== undefined && !me.teams.some((each) => each.slug === team)) notFound();
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
