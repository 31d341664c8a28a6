import { ZodError } from 'zod';
import { EngineError, type EngineErrorKind } from '../engine/errors.ts';

/** HttpError is an answer with an OpenAI error body. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    message: string,
    options: { code: string; param?: string | null; retryAfterSeconds?: number | null },
  ) {
    super(message);
    this.status = status;
    this.code = options.code;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  /** body is what clients of the OpenAI API expect. */
  get body() {
    return { error: { message: this.message, type: typeOf(this.status), param: this.param, code: this.code } };
  }
}

const STATUS: Record<EngineErrorKind, number> = {
  invalid: 400,
  overloaded: 429,
  draining: 503,
  deadline: 504,
  failed: 500,
};

/** toHttpError turns whatever was thrown into an answer. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof EngineError) {
    const { code, retryAfterSeconds } = error;
    return new HttpError(STATUS[error.kind], error.message, { code, retryAfterSeconds });
  }
  if (error instanceof ZodError) {
    const issue = error.issues[0];
    const param = issue === undefined ? null : issue.path.join('.');
    const message = issue === undefined ? 'The request is not valid' : `${param || 'body'}: ${issue.message}`;
    return new HttpError(400, message, { code: 'invalid_request', param });
  }
  return new HttpError(500, error instanceof Error ? error.message : String(error), { code: 'internal_error' });
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
