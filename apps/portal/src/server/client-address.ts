/** clientAddress is where a request came from; Next fills the header from the socket when no proxy did. */
export function clientAddress(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? 'unknown';
}
