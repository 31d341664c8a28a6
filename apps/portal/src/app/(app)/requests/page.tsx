import { parseAsStringLiteral } from 'nuqs/server';
import { REQUEST_STATUS_VALUES } from '@/features/quota/request-status.ts';
import { RequestsPage } from '@/features/quota/requests-page.tsx';
import { nextCursor } from '@/trpc/next-cursor.ts';
import { Hydrate, loadPages, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Requests' };
const parser = parseAsStringLiteral(REQUEST_STATUS_VALUES);

export default async function Page({ searchParams }: { searchParams: Promise<{ status?: string }> }) {
  const status = parser.parseServerSide((await searchParams).status) ?? undefined;
  await loadPages(trpc.quota.listQuotaRequests.infiniteQueryOptions({ status }, nextCursor));
  return (
    <Hydrate>
      <RequestsPage />
    </Hydrate>
  );
}
