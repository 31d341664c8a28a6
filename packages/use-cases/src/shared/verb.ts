import type { OutputOf, ParsedInputOf, ProcedureContract } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { Caller, Deps } from '../deps.ts';

/** Verb is the use-case of a contract. */
export type Verb<C extends ProcedureContract> = (
  deps: Deps,
  actor: Actor,
  input: ParsedInputOf<C>,
) => Promise<OutputOf<C>>;

/** PublicVerb is the use-case of a contract that anybody may call. */
export type PublicVerb<C extends ProcedureContract> = (
  deps: Deps,
  caller: Caller,
  input: ParsedInputOf<C>,
) => Promise<OutputOf<C>>;
