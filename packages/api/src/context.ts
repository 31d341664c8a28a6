import type { Subscribe } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '@slipway/use-cases/deps';

/** UnexpectedError is what is logged of an error that the caller does not get to see. */
export interface UnexpectedError {
  requestId: string;
  path: string;
  error: unknown;
}

/** Context is one call: who makes it, from where, and what it may touch. */
export interface Context {
  deps: Deps;
  /** actor is null when nobody is signed in. */
  actor: Actor | null;
  requestId: string;
  address: string;
  subscribe: Subscribe;
  logError: (entry: UnexpectedError) => void;
}

/** ContextInput is a context; without an event source live.events stays silent, without a log errors go to stderr. */
export type ContextInput = Pick<Context, 'deps' | 'actor' | 'requestId'> &
  Partial<Pick<Context, 'address' | 'subscribe' | 'logError'>>;

/** createContext completes a context. */
export function createContext(input: ContextInput): Context {
  return { address: 'unknown', subscribe: () => () => undefined, logError: logToStderr, ...input };
}

function logToStderr({ requestId, path, error }: UnexpectedError): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(JSON.stringify({ level: 'error', requestId, path, error: text }));
}
