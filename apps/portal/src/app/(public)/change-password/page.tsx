import { ChangePasswordPage } from '@/features/access/change-password-page.tsx';
import { load, trpc } from '@/trpc/server.tsx';

export const metadata = { title: 'Choose your password' };

export default async function Page() {
  const me = await load(trpc.access.me.queryOptions({}));
  return <ChangePasswordPage isForced={me.mustChangePassword} next="/" />;
}
