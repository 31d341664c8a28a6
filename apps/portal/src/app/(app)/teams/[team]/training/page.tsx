import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { loadRunFilters, runListInput } from '@/features/training/run-filters.ts';
import { TrainingPage } from '@/features/training/training-page.tsx';
import { getQueryClient, Hydrate, trpc } from '@/trpc/server.tsx';

export const metadata: Metadata = { title: 'Training' };

interface Props {
  params: Promise<{ team: string }>;
  searchParams: Promise<SearchParams>;
}

export default async function Page({ params, searchParams }: Props) {
  const { team } = await params;
  const input = runListInput(team, await loadRunFilters(searchParams));
  await getQueryClient().prefetchInfiniteQuery(
    trpc.training.listRuns.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor }),
  );
  return (
    <Hydrate>
      <TrainingPage team={team} />
    </Hydrate>
  );
}
