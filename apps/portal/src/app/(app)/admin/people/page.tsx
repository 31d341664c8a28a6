import { PeoplePage } from '@/features/access/people-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'People' };

export default async function Page() {
  await load(trpc.access.listUsers.queryOptions({}));
  return (
    <Hydrate>
      <PeoplePage />
    </Hydrate>
  );
}
