import { TokensPage } from '@/features/access/tokens-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Access tokens' };

export default async function Page() {
  await load(trpc.access.listAccessTokens.queryOptions({}));
  return (
    <Hydrate>
      <TokensPage />
    </Hydrate>
  );
}
