import type { Metadata } from 'next';
import { NewEndpointPage } from '@/features/serving/new-endpoint-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'New endpoint' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await Promise.all([
    load(trpc.catalog.listTemplates.queryOptions({})),
    load(trpc.registry.listDeployableVersions.queryOptions({ team })),
    load(trpc.quota.getTeamQuota.queryOptions({ team })),
  ]);
  return (
    <Hydrate>
      <NewEndpointPage team={team} />
    </Hydrate>
  );
}
