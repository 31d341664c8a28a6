import { parseAsStringLiteral } from 'nuqs/server';
import { QuotaPage } from '@/features/quota/quota-page.tsx';
import { REQUEST_STATUS_VALUES } from '@/features/quota/request-status.ts';
import { nextCursor } from '@/trpc/next-cursor.ts';
import { Hydrate, load, loadPages, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Quota' };
const parser = parseAsStringLiteral(REQUEST_STATUS_VALUES);
interface Props {
  params: Promise<{ team: string }>;
  searchParams: Promise<{ status?: string }>;
}

export default async function Page({ params, searchParams }: Props) {
  const { team } = await params;
  const status = parser.parseServerSide((await searchParams).status) ?? undefined;
  await Promise.all([
    load(trpc.quota.getTeamQuota.queryOptions({ team })),
    load(trpc.catalog.listClusters.queryOptions({})),
    loadPages(trpc.quota.listTeamQuotaRequests.infiniteQueryOptions({ team, status }, nextCursor)),
  ]);
  return (
    <Hydrate>
      <QuotaPage />
    </Hydrate>
  );
}
