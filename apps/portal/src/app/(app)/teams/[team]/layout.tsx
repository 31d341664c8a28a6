import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { load, trpc } from '@/trpc/server.tsx';

export default async function TeamLayout({
  params,
  children,
}: {
  params: Promise<{ team: string }>;
  children: ReactNode;
}) {
  const { team } = await params;
  const me = await load(trpc.access.me.queryOptions({}));
  if (!me.teams.some((each) => each.slug === team)) notFound();
  return children;
}
