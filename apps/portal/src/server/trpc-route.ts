import { appRouter } from '@slipway/api';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { sessionActor } from './actor.ts';
import { contextOf } from './context.ts';
import { refuseForeignOrigin } from './same-origin.ts';

/** handleTrpc answers the portal's own pages; it takes the session cookie only. */
export async function handleTrpc(req: Request): Promise<Response> {
  const refusal = refuseForeignOrigin(req);
  if (refusal !== null) return refusal;
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router: appRouter,
    createContext: async () => contextOf(req.headers, await sessionActor(req.headers)),
  });
}
