import type { Metadata } from 'next';
import { EndpointPage } from '@/features/serving/endpoint-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

interface Props {
  params: Promise<{ team: string; endpoint: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).endpoint };
}

export default async function Page({ params }: Props) {
  const { team, endpoint } = await params;
  await Promise.all([
    load(trpc.serving.getEndpoint.queryOptions({ team, endpoint })),
    load(trpc.serving.getEndpointMetrics.queryOptions({ team, endpoint, rangeMinutes: 60 })),
  ]);
  return (
    <Hydrate>
      <EndpointPage team={team} endpoint={endpoint} />
    </Hydrate>
  );
}
