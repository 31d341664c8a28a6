const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;
const NARROW_SPACE = ' ';

/** formatDuration writes seconds with their two largest units: `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole === 0) return `0${NARROW_SPACE}s`;
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const parts: string[] = [];
  let rest = whole;
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${NARROW_SPACE}${name}`);
  }
  return parts.join(' ');
}

/** formatRelative writes an instant beside the present: `just now`, `5 min ago`, `in 3 d`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  const [name, unit] = UNITS.find(([, length]) => size >= length) ?? ['s', 1];
  const text = `${Math.floor(size / unit)}${NARROW_SPACE}${name}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** formatAbsolute writes an instant in full, in UTC, the same on server and client. */
export function formatAbsolute(at: string | number | Date): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** formatDay writes an instant's day in UTC: `21 Nov 2026`. */
export function formatDay(at: string | number | Date): string {
  return new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
