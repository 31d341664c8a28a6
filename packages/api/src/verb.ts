import { CONTRACT, invalidInput, isStorable, type ProcedureContract, unauthenticated } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { Caller, Deps } from '@slipway/use-cases/deps';
import type { z } from 'zod';
import { checkAccess, requireIdentity, teamOf } from './check-access.ts';
import type { Context } from './context.ts';
import { baseProcedure } from './trpc.ts';

/** Run is a use-case as it stands behind a contract; Who is the actor, or the caller of a public verb. */
type Run<I extends z.ZodObject, O extends z.ZodObject, Who> = (
  deps: Deps,
  who: Who,
  input: z.output<I>,
) => Promise<z.input<O>>;

/** procedure makes the tRPC procedure of a contract: input and output schema, REST route and access check. */
function procedure<I extends z.ZodObject, O extends z.ZodObject>(
  contract: ProcedureContract<'query' | 'mutation', I, O>,
) {
  const { access, method, path, summary, input, output } = contract;
  // Who one is must be known before a password of one's own is chosen: it is what leads there.
  const needsIdentity = access !== 'public' && path !== CONTRACT.access.me.path;
  return baseProcedure
    .meta({ access, openapi: { method, path, summary, protect: access !== 'public' } })
    .input(input)
    .output(output)
    .use(({ ctx, input: parsed, next }) => {
      if (needsIdentity) requireIdentity(ctx.actor);
      checkAccess(access, ctx.actor, teamOf(parsed));
      if (!isStorable(parsed))
        throw invalidInput('Leave out characters that are no text (NUL or half a surrogate pair).');
      return next();
    });
}

const actorOf = ({ actor }: Context): Actor => {
  if (actor === null) throw unauthenticated();
  return actor;
};
const callerOf = ({ actor, address }: Context): Caller => ({ actor, address });

/** query makes a procedure that reads, for somebody signed in. */
export function query<I extends z.ZodObject, O extends z.ZodObject>(
  contract: ProcedureContract<'query', I, O>,
  run: Run<I, O, Actor>,
) {
  return procedure(contract).query(({ ctx, input }) => run(ctx.deps, actorOf(ctx), input as z.output<I>) as never);
}

/** mutation makes a procedure that changes something, for somebody signed in. */
export function mutation<I extends z.ZodObject, O extends z.ZodObject>(
  contract: ProcedureContract<'mutation', I, O>,
  run: Run<I, O, Actor>,
) {
  return procedure(contract).mutation(({ ctx, input }) => run(ctx.deps, actorOf(ctx), input as z.output<I>) as never);
}

/** publicQuery makes a procedure that reads, for anybody. */
export function publicQuery<I extends z.ZodObject, O extends z.ZodObject>(
  contract: ProcedureContract<'query', I, O>,
  run: Run<I, O, Caller>,
) {
  return procedure(contract).query(({ ctx, input }) => run(ctx.deps, callerOf(ctx), input as z.output<I>) as never);
}

/** publicMutation makes a procedure that changes something, for anybody. */
export function publicMutation<I extends z.ZodObject, O extends z.ZodObject>(
  contract: ProcedureContract<'mutation', I, O>,
  run: Run<I, O, Caller>,
) {
  return procedure(contract).mutation(({ ctx, input }) => run(ctx.deps, callerOf(ctx), input as z.output<I>) as never);
}
