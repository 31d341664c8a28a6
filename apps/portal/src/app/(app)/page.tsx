import { cookies } from 'next/headers';
import { pickTeam } from '@/components/pick-team.ts';
import { HomePage } from '@/features/home/home-page.tsx';
import { HOME_RUNS } from '@/features/home/limits.ts';
import { daysOf } from '@/features/metering/cost-range.ts';
import { Hydrate, load, prefetch, trpc } from '@/trpc/server.tsx';

export default async function Page() {
  const me = await load(trpc.access.me.queryOptions({}));
  const team = pickTeam(me.teams, [(await cookies()).get('slipway-team')?.value])?.slug;
  const month = { ...daysOf('month', Date.now()), groupBy: 'kind' as const };
  const ofAll = me.platformPermissions.includes('cost:read')
    ? [prefetch(trpc.metering.getCosts.queryOptions(month))]
    : [];
  const ofTeam =
    team === undefined
      ? []
      : [
          prefetch(trpc.serving.listEndpoints.queryOptions({ team })),
          prefetch(trpc.training.listRuns.queryOptions({ team, limit: HOME_RUNS })),
          prefetch(trpc.quota.getTeamQuota.queryOptions({ team })),
          prefetch(trpc.metering.getCosts.queryOptions({ ...month, team })),
        ];
  await Promise.all([...ofAll, ...ofTeam]);
  return (
    <Hydrate>
      <HomePage />
    </Hydrate>
  );
}
