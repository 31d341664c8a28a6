import { AuditPage } from '@/features/access/audit-page.tsx';
import { nextCursor } from '@/trpc/next-cursor.ts';
import { Hydrate, loadPages, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Audit' };

export default async function Page({ searchParams }: { searchParams: Promise<{ q?: string | string[] }> }) {
  const { q } = await searchParams;
  const search = typeof q === 'string' && q !== '' ? q : undefined;
  await loadPages(trpc.access.listAudit.infiniteQueryOptions({ search }, nextCursor));
  return (
    <Hydrate>
      <AuditPage />
    </Hydrate>
  );
}
