import type { Metadata } from 'next';
import { PlaygroundPage } from '@/features/playground/playground-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'Playground' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.serving.listEndpoints.queryOptions({ team }));
  return (
    <Hydrate>
      <PlaygroundPage team={team} />
    </Hydrate>
  );
}
