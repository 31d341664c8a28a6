// The longest way to write an IPv6 address.
const MAX_CHARS = 45;

/**
 * clientAddress is where a request came from. The last entry is the one that the proxy next to us wrote, or Next from the socket; those
 * before it are what the client says of itself.
 */
export function clientAddress(headers: Headers): string {
  const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return last === '' ? 'unknown' : last.slice(0, MAX_CHARS);
}
