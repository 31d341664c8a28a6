'use client';
import { Button, Card, formatMoney, Link, Stat, StatGrid } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/loaded.tsx';
import { type Me, useCan } from '@/components/use-me.ts';
import { changeText, daysOf } from '@/features/metering/cost-range.ts';
import { useTRPC } from '@/trpc/client.tsx';

/** Spending is what this month costs: the team's, and everybody's for who may see it. */
export function Spending({ team }: { team: Me['teams'][number] | null }) {
  const canSeeTeam = useCan('cost:read', team?.slug);
  const canSeeAll = useCan('cost:read');
  if (!canSeeAll && (team === null || !canSeeTeam)) return null;
  return (
    <Card
      title="Cost this month"
      actions={
        <Button asChild size="sm">
          <Link href={team === null ? '/costs' : `/teams/${team.slug}/costs`}>Show costs</Link>
        </Button>
      }
    >
      <StatGrid>
        {team !== null && canSeeTeam ? <MonthTotal label={`Team ${team.name}`} team={team.slug} /> : null}
        {canSeeAll ? <MonthTotal label="All teams" /> : null}
      </StatGrid>
    </Card>
  );
}

function MonthTotal({ label, team }: { label: string; team?: string }) {
  const trpc = useTRPC();
  const days = daysOf('month', Date.now());
  const input = { ...days, groupBy: 'kind' as const, ...(team === undefined ? {} : { team }) };
  const costs = useQuery(trpc.metering.getCosts.queryOptions(input));
  return (
    <Loaded query={costs} label="costs">
      {({ totalMicros, previousTotalMicros, currency }) => (
        <Stat
          label={label}
          value={formatMoney(totalMicros, currency)}
          hint={changeText(totalMicros, previousTotalMicros)}
          className="col-span-2"
        />
      )}
    </Loaded>
  );
}
