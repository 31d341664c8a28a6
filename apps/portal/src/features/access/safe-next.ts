/** safeNext keeps only paths of this portal: a link must not send a person elsewhere after sign-in. */
export function safeNext(next: string | undefined): string {
  const isPath = next !== undefined && /^\/(?![/\\])/.test(next) && !next.includes('\\');
  return isPath ? next : '/';
}
