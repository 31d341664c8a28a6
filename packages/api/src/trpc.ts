import { type Access, DomainError } from '@slipway/domain';
import { initTRPC } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import type { Context } from './context.ts';
import { describeError, isUnexpected, toTrpcError } from './errors.ts';

/** ProcedureMeta is what a procedure says about itself: its REST route and who may call it. */
export type ProcedureMeta = OpenApiMeta & { access?: Access };

// Proxies cut connections that are silent for a minute.
const PING_MS = 15_000;

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    sse: { ping: { enabled: true, intervalMs: PING_MS }, client: { reconnectAfterInactivityMs: 3 * PING_MS } },
    errorFormatter: ({ shape, error, ctx }) => {
      const detail = describeError(error, ctx?.requestId ?? 'unknown');
      const { code, httpStatus, path } = shape.data;
      return { ...shape, message: detail.message, data: { code, httpStatus, path, ...detail } };
    },
  });

/** router groups procedures. */
export const router = t.router;
/** createCallerFactory calls procedures without HTTP. */
export const createCallerFactory = t.createCallerFactory;

/** baseProcedure turns refusals of the domain into tRPC errors and logs everything unexpected. */
export const baseProcedure = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause: unknown = result.error.cause;
  if (cause instanceof DomainError) throw toTrpcError(cause);
  if (isUnexpected(result.error)) {
    ctx.logError({ requestId: ctx.requestId, path, error: result.error.cause ?? result.error });
  }
  return result;
});
