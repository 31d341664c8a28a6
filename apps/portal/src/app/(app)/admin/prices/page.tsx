import { PricesPage } from '@/features/metering/prices-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Prices' };

export default async function Page() {
  await Promise.all([
    load(trpc.metering.listPrices.queryOptions({})),
    load(trpc.catalog.listClusters.queryOptions({})),
  ]);
  return (
    <Hydrate>
      <PricesPage />
    </Hydrate>
  );
}
