import { invalidInput } from './errors.ts';

/** PagePosition is the last row of a page in a list ordered by time, then id, newest first. */
export interface PagePosition {
  at: Date;
  id: string;
}

/** encodePosition writes a position as the cursor that a caller passes back. */
export function encodePosition(position: PagePosition): string {
  return `${position.at.toISOString()}~${position.id}`;
}

/** decodePosition reads a cursor; none is the first page. Throws invalid input for anything that is not one. */
export function decodePosition(cursor: string | undefined): PagePosition | null {
  if (cursor === undefined || cursor === '') return null;
  const border = cursor.indexOf('~');
  const at = new Date(border === -1 ? '' : cursor.slice(0, border));
  const id = cursor.slice(border + 1);
  if (Number.isNaN(at.getTime()) || id === '') {
    throw invalidInput('This page cursor is not one of ours: start again from the first page.', 'cursor');
  }
  return { at, id };
}

/** pageFrom cuts `limit` rows from limit + 1 that were read, and gives the cursor of the next page if there is one. */
export function pageFrom<T>(rows: T[], limit: number, position: (row: T) => PagePosition) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodePosition(position(last)) : null };
}
