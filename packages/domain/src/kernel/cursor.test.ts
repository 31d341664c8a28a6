import { describe, expect, test } from 'vitest';
import { decodePosition, encodePosition, pageFrom } from './cursor.ts';

const position = { at: new Date('2026-03-01T12:00:00.123Z'), id: 'a~b' };

describe('a page cursor', () => {
  test('comes back as it went, also with its own separator in the id', () => {
    expect(decodePosition(encodePosition(position))).toEqual(position);
  });
  test.each(['x', '~', '2026~', 'yesterday~id', '2026-03-01T12:00:00Z'])('%s is refused', (cursor) => {
    expect(() => decodePosition(cursor)).toThrow('not one of ours');
  });
  test('is there only when a next page is', () => {
    const rows = [1, 2, 3].map((n) => ({ at: new Date(n), id: String(n) }));
    expect(pageFrom(rows, 3, (row) => row).nextCursor).toBeNull();
    const page = pageFrom(rows, 2, (row) => row);
    expect(page.items).toHaveLength(2);
    expect(decodePosition(page.nextCursor ?? '')?.id).toBe('2');
    expect(pageFrom([], 2, (row: { at: Date; id: string }) => row)).toEqual({ items: [], nextCursor: null });
  });
});
