import type { SequenceId } from '../kv-cache/kv-cache.ts';

/** DraftRequest asks for a guess of how a sequence goes on. */
export interface DraftRequest {
  sequence: SequenceId;
  /** tokens are all known ones; the guess comes after the last. */
  tokens: Int32Array;
  maxTokens: number;
}

/** Drafter guesses next tokens. A wrong guess costs time and never changes an answer: every token is checked by the model. */
export interface Drafter {
  /** draftTokens is the longest guess that is worth asking for. */
  readonly draftTokens: number;
  /** draft returns a guess per request, possibly an empty one; it is called between steps. */
  draft(requests: readonly DraftRequest[]): Promise<readonly Int32Array[]>;
  /** forget says that a sequence ended. */
  forget(sequence: SequenceId): void;
  close(): void;
}
