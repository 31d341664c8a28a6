import type { Metadata } from 'next';
import { ModelPage } from '@/features/registry/model-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

interface Props {
  params: Promise<{ team: string; model: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).model };
}

export default async function Page({ params }: Props) {
  const { team, model } = await params;
  await load(trpc.registry.getModel.queryOptions({ team, model }));
  return (
    <Hydrate>
      <ModelPage team={team} model={model} />
    </Hydrate>
  );
}
