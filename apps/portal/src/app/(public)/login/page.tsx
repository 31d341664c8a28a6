import { redirect } from 'next/navigation';
import { LoginPage } from '@/features/access/login-page.tsx';
import { safeNext } from '@/features/access/safe-next.ts';
import { pageActor } from '@/server/actor.ts';

export const metadata = { title: 'Sign in' };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const target = safeNext(typeof next === 'string' ? next : undefined);
  if ((await pageActor()) !== null) redirect(target);
  return <LoginPage next={target} />;
}
