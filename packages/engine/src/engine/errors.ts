/** EngineErrorKind says whose fault it was: `invalid` the request's, all others the engine's or its load. */
export type EngineErrorKind = 'invalid' | 'overloaded' | 'draining' | 'deadline' | 'failed';

/** EngineError is why a request was refused or ended early. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: EngineErrorKind;
  /** code is the machine-readable reason, as in OpenAI's error bodies. */
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(kind: EngineErrorKind, message: string, options: { code: string; retryAfterSeconds?: number }) {
    super(message);
    this.kind = kind;
    this.code = options.code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
