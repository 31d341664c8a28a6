import type { Metadata } from 'next';
import { RunPage } from '@/features/training/run-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

interface Props {
  params: Promise<{ team: string; runId: string }>;
}

export const metadata: Metadata = { title: 'Training run' };

export default async function Page({ params }: Props) {
  const { team, runId } = await params;
  await Promise.all([
    load(trpc.training.getRun.queryOptions({ team, runId })),
    load(trpc.training.getRunMetrics.queryOptions({ team, runId })),
  ]);
  return (
    <Hydrate>
      <RunPage team={team} runId={runId} />
    </Hydrate>
  );
}
