'use client';
import { PageHeader } from '@slipway/ui';
import { useMe, useTeam } from '@/components/use-me.ts';
import { NeedsMe } from './needs-me.tsx';
import { NoTeam } from './no-team.tsx';
import { Running } from './running.tsx';
import { Spending } from './spending.tsx';

/** HomePage answers for the person who looks: what needs me, what is running, what is broken, what does it cost this month. */
export function HomePage() {
  const me = useMe();
  const team = useTeam();
  return (
    <div className="flex flex-col gap-6">
      <PageHeader
        title="Home"
        description={
          team === null ? `Signed in as ${me.email}.` : `Team ${team.name}: what needs you, what runs, what it costs.`
        }
      />
      {team === null ? (
        <NoTeam />
      ) : (
        <>
          <NeedsMe team={team.slug} />
          <Running team={team.slug} />
        </>
      )}
      <Spending team={team} />
    </div>
  );
}
