/** isStorable says whether every text in a value can be kept: no NUL, which no database takes, and no half of a surrogate pair. */
export function isStorable(value: unknown): boolean {
  // Not by recursion: a stranger decides how deep the value is.
  const waiting = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') {
      if (next.includes('\0') || !next.isWellFormed()) return false;
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) waiting.push(key, inner);
    }
  }
  return true;
}
