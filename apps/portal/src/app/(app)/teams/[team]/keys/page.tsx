import { KeysPage } from '@/features/access/keys-page.tsx';
import { getDeps } from '@/server/deps.ts';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'API keys' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.access.listApiKeys.queryOptions({ team }));
  return (
    <Hydrate>
      <KeysPage gatewayUrl={getDeps().gatewayUrl} />
    </Hydrate>
  );
}
