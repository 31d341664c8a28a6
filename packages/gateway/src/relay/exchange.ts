import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ParsedRequest } from '../admission/parse-request.ts';
import type { Refusal } from '../http/refusal.ts';
import type { Target } from '../routing/router.ts';
import type { Tally } from './tally.ts';

/** Exchange is one client request while it is relayed. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  /** requestId is the ledger's key: always made here, so that a caller cannot reuse one. */
  requestId: string;
  /** teamId is who pays. */
  teamId: string;
  path: string;
  request: ParsedRequest;
  startedMs: number;
  tally: Tally;
  ttftMs: number | null;
  /** clientLeft aborts when the client closes its connection. */
  clientLeft: AbortSignal;
}

/** AttemptOutcome is how one attempt at a replica ended. `finish` sends what is left; it is called once usage is safe. */
export type AttemptOutcome =
  | { kind: 'completed'; httpStatus: number; finish: () => void }
  /** refused: the replica answered with an error before anything reached the client. */
  | { kind: 'refused'; httpStatus: number; body: Buffer; contentType: string; retryAfter: string | null }
  /** unreachable: nothing reached the client and another replica may still serve the request. */
  | {
      kind: 'unreachable';
      wasSent: boolean;
      isTimeout: boolean;
      message: string;
    }
  /** broken: the replica was lost after the client had received a part. */
  | { kind: 'broken'; message: string; finish: () => void }
  | { kind: 'cancelled' };

/** ForwardOutcome is how the whole request ended, after all attempts. */
export type ForwardOutcome =
  | (Extract<AttemptOutcome, { kind: 'completed' | 'refused' | 'broken' | 'cancelled' }> & { target: Target })
  | {
      kind: 'unserved';
      refusal: Refusal;
      target: Target | null;
      isCounted: boolean;
    };
