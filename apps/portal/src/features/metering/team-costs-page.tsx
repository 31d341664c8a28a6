'use client';
import { useTeamPage } from '@/components/use-team-page.ts';
import { CostsPage } from './costs-page.tsx';

/** TeamCostsPage shows what one team spent. */
export function TeamCostsPage() {
  const { team, crumbs } = useTeamPage('Costs');
  return (
    <CostsPage team={team.slug} crumbs={crumbs} description={`What the slots and tokens of team ${team.name} cost.`} />
  );
}

/** AllCostsPage shows what everybody spent. */
export function AllCostsPage() {
  return (
    <CostsPage
      crumbs={[{ label: 'Platform' }, { label: 'Costs' }]}
      description="What all teams spent on slots and tokens. Every slot-second and token is in the ledger once."
    />
  );
}
