import { ClustersPage } from '@/features/catalog/clusters-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Clusters' };

export default async function Page() {
  await load(trpc.catalog.listClusters.queryOptions({}));
  return (
    <Hydrate>
      <ClustersPage />
    </Hydrate>
  );
}
