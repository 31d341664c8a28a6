import { MembersPage } from '@/features/access/members-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Members' };

export default async function Page({ params }: { params: Promise<{ team: string }> }) {
  const { team } = await params;
  await load(trpc.access.getTeam.queryOptions({ team }));
  return (
    <Hydrate>
      <MembersPage />
    </Hydrate>
  );
}
