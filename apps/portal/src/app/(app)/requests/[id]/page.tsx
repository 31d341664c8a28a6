import { DecidePage } from '@/features/quota/decide-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Quota request' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await load(trpc.quota.getQuotaRequest.queryOptions({ requestId: id }));
  return (
    <Hydrate>
      <DecidePage requestId={id} />
    </Hydrate>
  );
}
