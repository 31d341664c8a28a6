import type { Metadata } from 'next';
import { VersionPage } from '@/features/registry/version-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

interface Props {
  params: Promise<{ team: string; model: string; versionId: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).model} version` };
}

export default async function Page({ params }: Props) {
  const { team, model, versionId } = await params;
  await load(trpc.registry.getModelVersion.queryOptions({ team, versionId }));
  return (
    <Hydrate>
      <VersionPage team={team} model={model} versionId={versionId} />
    </Hydrate>
  );
}
