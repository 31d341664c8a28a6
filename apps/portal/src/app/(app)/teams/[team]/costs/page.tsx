import { type CostSearch, costInput } from '@/features/metering/load-costs.ts';
import { TeamCostsPage } from '@/features/metering/team-costs-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Costs' };
interface Props {
  params: Promise<{ team: string }>;
  searchParams: Promise<CostSearch>;
}

export default async function Page({ params, searchParams }: Props) {
  const { team } = await params;
  await load(trpc.metering.getCosts.queryOptions(costInput(await searchParams, team)));
  return (
    <Hydrate>
      <TeamCostsPage />
    </Hydrate>
  );
}
