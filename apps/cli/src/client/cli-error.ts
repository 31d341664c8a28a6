/** EXIT_CODES are what scripts can rely on. */
export const EXIT_CODES = {
  unexpected: 1,
  usage: 2,
  not_signed_in: 3,
  not_allowed: 4,
  not_found: 5,
  conflict: 6,
  invalid: 7,
  unavailable: 8,
} as const;
/** ErrorKind is why a command failed. */
export type ErrorKind = keyof typeof EXIT_CODES;

/** CliError is a failure in words, with the exit code that it leads to. */
export class CliError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = 'CliError';
    this.kind = kind;
  }
}

const KINDS: Record<number, ErrorKind> = {
  400: 'invalid',
  401: 'not_signed_in',
  403: 'not_allowed',
  404: 'not_found',
  409: 'conflict',
  413: 'invalid',
  422: 'invalid',
  429: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** kindOfStatus is what an HTTP status means for the exit code. */
export const kindOfStatus = (status: number): ErrorKind => KINDS[status] ?? 'unexpected';
