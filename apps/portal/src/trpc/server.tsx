import { appRouter } from '@slipway/api';
import {
  dehydrate,
  type FetchInfiniteQueryOptions,
  type FetchQueryOptions,
  HydrationBoundary,
  type QueryKey,
} from '@tanstack/react-query';
import { TRPCError } from '@trpc/server';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import { pageActor } from '@/server/actor.ts';
import { pageContext } from '@/server/context.ts';
import { createQueryClient } from './query-client.ts';

/** getQueryClient is the cache of the page that is being rendered. */
export const getQueryClient = cache(createQueryClient);

/** trpc makes the query options of a page on the server; the client makes the same ones. */
export const trpc = createTRPCOptionsProxy({ router: appRouter, ctx: pageContext, queryClient: getQueryClient });

/**
 * load puts a query's answer into the page, so that the first paint has it, and returns it. What is not there or not visible becomes the
 * page's 404; nobody signed in goes to the sign-in page and comes back.
 */
export async function load<Answer, Failure, Data, Key extends QueryKey>(
  options: FetchQueryOptions<Answer, Failure, Data, Key>,
): Promise<Data> {
  return asPage(() => getQueryClient().fetchQuery(options));
}

/** prefetch is load for a part of a page: what cannot be read leaves the rest of the page standing and says so in its place. */
export async function prefetch<Answer, Failure, Data, Key extends QueryKey>(
  options: FetchQueryOptions<Answer, Failure, Data, Key>,
): Promise<void> {
  await getQueryClient().prefetchQuery(options);
}

async function asPage<Data>(read: () => Promise<Data>): Promise<Data> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof TRPCError) {
      if (cause.code === 'UNAUTHORIZED') redirect(await signInAddress());
      if (cause.code === 'FORBIDDEN' && (await pageActor())?.mustChangePassword) redirect('/change-password');
      if (cause.code === 'NOT_FOUND' || cause.code === 'FORBIDDEN' || cause.code === 'BAD_REQUEST') notFound();
    }
    throw cause;
  }
}

/** signInAddress is the sign-in page with the way back to this one. */
export async function signInAddress(): Promise<string> {
  const path = (await headers()).get('x-path') ?? '/';
  return path === '/' ? '/login' : `/login?next=${encodeURIComponent(path)}`;
}

/** Hydrate hands what was loaded to the client's cache. */
export function Hydrate({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}

/** loadPages is load for a list that is read page by page: the first page is in the first paint. */
export async function loadPages<Answer, Failure, Data, Key extends QueryKey, Cursor>(
  options: FetchInfiniteQueryOptions<Answer, Failure, Data, Key, Cursor>,
): Promise<void> {
  await asPage(() => getQueryClient().fetchInfiniteQuery(options));
}
