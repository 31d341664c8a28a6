import { InvitePage } from '@/features/access/invite-page.tsx';
import { Hydrate, load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Invitation' };

export default async function Page({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  await load(trpc.access.getInvitation.queryOptions({ token }));
  return (
    <Hydrate>
      <InvitePage token={token} />
    </Hydrate>
  );
}
