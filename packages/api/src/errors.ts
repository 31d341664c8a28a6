import { DomainError, type DomainErrorCode } from '@slipway/domain';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';

/** TRPC_CODE is the one map from domain errors to tRPC's. */
const TRPC_CODE = {
  invalid_input: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  not_allowed: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<DomainErrorCode, TRPCError['code']>;

/** toTrpcError gives a refusal of the domain its tRPC code; anything else stays what it is. */
export function toTrpcError(error: DomainError): TRPCError {
  return new TRPCError({ code: TRPC_CODE[error.code], message: error.message, cause: error });
}

/** ErrorDetail is what every surface tells about an error. */
export interface ErrorDetail {
  /** errorCode is one of the six domain errors, or `internal`. */
  errorCode: DomainErrorCode | 'internal';
  message: string;
  /** field names the form field at fault. */
  field: string | null;
  /** issues are all fields at fault. */
  issues: { path: string; message: string }[];
  requestId: string;
}

/** describeError says what the caller may know: refusals in full, everything else only as a request id. */
export function describeError(error: TRPCError, requestId: string): ErrorDetail {
  const { cause } = error;
  if (cause instanceof DomainError) {
    const field = cause.field ?? null;
    const issues = field === null ? [] : [{ path: field, message: cause.message }];
    return { errorCode: cause.code, message: cause.message, field, issues, requestId };
  }
  if (error.code === 'BAD_REQUEST' && cause instanceof z.ZodError) {
    const issues = cause.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    const message = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ');
    return { errorCode: 'invalid_input', message, field: issues[0]?.path ?? null, issues, requestId };
  }
  const errorCode = CODE_OF_TRPC.get(error.code) ?? 'internal';
  const message =
    errorCode === 'internal'
      ? `Something went wrong on our side. Tell the administrator the request id ${requestId}.`
      : error.message;
  return { errorCode, message, field: null, issues: [], requestId };
}

/** isUnexpected says whether an error is a fault of ours, to be logged. */
export function isUnexpected(error: TRPCError): boolean {
  return describeError(error, '').errorCode === 'internal';
}

// tRPC itself raises these before a use-case runs: a body that is no JSON, an unknown path, a wrong method.
const CODE_OF_TRPC = new Map<TRPCError['code'], DomainErrorCode>([
  ['PARSE_ERROR', 'invalid_input'],
  ['BAD_REQUEST', 'invalid_input'],
  ['METHOD_NOT_SUPPORTED', 'invalid_input'],
  ['UNSUPPORTED_MEDIA_TYPE', 'invalid_input'],
  ['PAYLOAD_TOO_LARGE', 'invalid_input'],
  ['NOT_FOUND', 'not_found'],
]);
