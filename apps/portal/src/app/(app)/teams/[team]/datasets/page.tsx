import type { Metadata } from 'next';
import { DatasetsPage } from '@/features/training/datasets-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'Data sets' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.training.listDatasets.queryOptions({ team }));
  return (
    <Hydrate>
      <DatasetsPage team={team} />
    </Hydrate>
  );
}
