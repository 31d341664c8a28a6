import type { Metadata } from 'next';
import { ModelsPage } from '@/features/registry/models-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'Models' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.registry.listModels.queryOptions({ team }));
  return (
    <Hydrate>
      <ModelsPage team={team} />
    </Hydrate>
  );
}
