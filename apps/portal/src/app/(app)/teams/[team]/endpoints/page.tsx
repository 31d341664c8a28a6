import type { Metadata } from 'next';
import { EndpointsPage } from '@/features/serving/endpoints-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'Endpoints' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.serving.listEndpoints.queryOptions({ team }));
  return (
    <Hydrate>
      <EndpointsPage team={team} />
    </Hydrate>
  );
}
