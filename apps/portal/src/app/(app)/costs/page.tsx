import { type CostSearch, costInput } from '@/features/metering/load-costs.ts';
import { AllCostsPage } from '@/features/metering/team-costs-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'All costs' };

export default async function Page({ searchParams }: { searchParams: Promise<CostSearch> }) {
  await load(trpc.metering.getCosts.queryOptions(costInput(await searchParams)));
  return (
    <Hydrate>
      <AllCostsPage />
    </Hydrate>
  );
}
