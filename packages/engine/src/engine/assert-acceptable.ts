import { EngineError } from './errors.ts';
import type { GenerationRequest } from './generation.ts';

/** AcceptanceLimits are what a request is held against. */
export interface AcceptanceLimits {
  contextTokens: number;
  isDraining: boolean;
  waiting: number;
  maxWaiting: number;
  maxSequences: number;
  adapters: readonly string[];
  /** meanRequestSeconds is how long requests take of late. */
  meanRequestSeconds: number;
}

const LONGEST_RETRY_SECONDS = 60;

/** assertAcceptable throws the EngineError of a request that can never run, or that would wait behind too many. */
export function assertAcceptable(request: GenerationRequest, limits: AcceptanceLimits): void {
  const { promptTokens, grammar, adapter } = request;
  if (limits.isDraining) {
    throw new EngineError('draining', 'The engine is stopping', { code: 'engine_stopping', retryAfterSeconds: 1 });
  }
  if (promptTokens.length === 0) {
    throw new EngineError('invalid', 'The prompt is empty', { code: 'empty_prompt' });
  }
  if (promptTokens.length >= limits.contextTokens) {
    throw new EngineError(
      'invalid',
      `The prompt has ${promptTokens.length} tokens; the context of ${limits.contextTokens} tokens leaves no room for an answer`,
      { code: 'context_length_exceeded' },
    );
  }
  if (limits.waiting >= limits.maxWaiting) {
    const seconds = (limits.waiting / limits.maxSequences) * limits.meanRequestSeconds;
    throw new EngineError('overloaded', `${limits.waiting} requests are already waiting`, {
      code: 'queue_full',
      retryAfterSeconds: Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(seconds))),
    });
  }
  if (grammar === '') throw new EngineError('invalid', 'The grammar is empty', { code: 'invalid_grammar' });
  if (adapter != null && !limits.adapters.includes(adapter)) {
    throw new EngineError('invalid', `There is no adapter ${JSON.stringify(adapter)}`, { code: 'adapter_not_found' });
  }
}
