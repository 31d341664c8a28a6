import { TeamsPage } from '@/features/access/teams-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Teams' };

export default async function Page() {
  await load(trpc.access.listTeams.queryOptions({}));
  return (
    <Hydrate>
      <TeamsPage />
    </Hydrate>
  );
}
