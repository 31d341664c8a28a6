/** DomainErrorCode names the six ways a use-case can refuse; every surface maps them once. */
export type DomainErrorCode =
  | 'invalid_input'
  | 'unauthenticated'
  | 'not_allowed'
  | 'not_found'
  | 'conflict'
  | 'unavailable';

/** DomainError is a refusal that says what happened, why and what to do; `field` names the form field at fault. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly field: string | undefined;
  constructor(code: DomainErrorCode, message: string, field?: string) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
    this.field = field;
  }
}

/** invalidInput says that a value at the boundary is wrong. */
export const invalidInput = (message: string, field?: string) => new DomainError('invalid_input', message, field);
/** unauthenticated says that nobody is signed in. */
export const unauthenticated = (message = 'Sign in first.') => new DomainError('unauthenticated', message);
/** notAllowed says that the actor lacks a permission. */
export const notAllowed = (message: string) => new DomainError('not_allowed', message);
/** notFound says that the thing does not exist for this actor; a foreign tenant's row is not found. */
export const notFound = (message: string) => new DomainError('not_found', message);
/** conflict says that the present state refuses the change. */
export const conflict = (message: string, field?: string) => new DomainError('conflict', message, field);
/** unavailable says that something outside does not answer now; trying again may help. */
export const unavailable = (message: string) => new DomainError('unavailable', message);

/** HTTP_STATUS maps each domain error to its HTTP status. */
export const HTTP_STATUS: Record<DomainErrorCode, number> = {
  invalid_input: 400,
  unauthenticated: 401,
  not_allowed: 403,
  not_found: 404,
  conflict: 409,
  unavailable: 503,
};
