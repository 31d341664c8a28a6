import { PasswordPage } from '@/features/access/password-page.tsx';

export const metadata = { title: 'Password' };

export default function Page() {
  return <PasswordPage />;
}
