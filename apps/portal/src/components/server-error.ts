import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';

function dataOf(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null || !('data' in error)) return {};
  const { data } = error;
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

/** errorIdOf is the id that a user can quote of a failed call. */
export function errorIdOf(error: unknown): string | undefined {
  const { requestId } = dataOf(error);
  return typeof requestId === 'string' ? requestId : undefined;
}

/** messageOf is the sentence of a failed call. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** showServerError puts a refusal on the field it names (and focuses it), or on the form as `root`. */
export function showServerError<Values extends FieldValues>(
  error: unknown,
  setError: UseFormSetError<Values>,
  fields: readonly Path<Values>[],
): void {
  const { field } = dataOf(error);
  const found = fields.find((name) => name === field);
  if (found === undefined) setError('root', { message: messageOf(error) });
  else setError(found, { message: messageOf(error) }, { shouldFocus: true });
}
