import { describe, expect, test } from 'vitest';
import { slotCostPicos } from './cost.ts';
import { meterSlots } from './meter-slots.ts';
import type { PriceEntry } from './price-book.ts';

const price = (amountMicros: bigint, effectiveFrom: string, flavorName = 'cpu'): PriceEntry => ({
  id: effectiveFrom,
  kind: 'slot_hour',
  flavorName,
  modelName: null,
  amountMicros,
  effectiveFrom: new Date(effectiveFrom),
  setBy: 'finops@example.com',
  createdAt: new Date(effectiveFrom),
});
const held = (startAt: string, endAt: string) => ({
  flavorName: 'cpu',
  slots: 2,
  startAt: new Date(startAt),
  endAt: new Date(endAt),
});
const PRICES = [price(10n, '2026-01-01T00:00:00Z'), price(20n, '2026-03-01T12:00:00Z')];
const shown = (pieces: ReturnType<typeof meterSlots>) =>
  pieces.map((piece) => [piece.startAt.toISOString(), piece.endAt.toISOString(), piece.priceMicros]);

describe('meterSlots', () => {
  test('leaves an interval of one day and one price whole', () => {
    expect(shown(meterSlots(held('2026-03-01T10:00:00Z', '2026-03-01T10:00:15Z'), PRICES))).toEqual([
      ['2026-03-01T10:00:00.000Z', '2026-03-01T10:00:15.000Z', 10n],
    ]);
  });

  test('cuts at midnight UTC, at every one', () => {
    const pieces = meterSlots(held('2026-03-01T23:59:59.999Z', '2026-03-03T00:00:00.001Z'), PRICES);
    expect(shown(pieces)).toEqual([
      ['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00.000Z', 20n],
      ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z', 20n],
      ['2026-03-03T00:00:00.000Z', '2026-03-03T00:00:00.001Z', 20n],
    ]);
  });

  test('cuts where the price changes: what was held before costs the old price', () => {
    const pieces = meterSlots(held('2026-03-01T11:59:00Z', '2026-03-01T12:01:00Z'), [
      ...PRICES,
      price(99n, '2026-03-01T12:00:30Z', 'gpu'),
    ]);
    expect(shown(pieces)).toEqual([
      ['2026-03-01T11:59:00.000Z', '2026-03-01T12:00:00.000Z', 10n],
      ['2026-03-01T12:00:00.000Z', '2026-03-01T12:01:00.000Z', 20n],
    ]);
    expect(pieces.map((piece) => piece.costPicos)).toEqual([10n, 20n].map((micros) => slotCostPicos(120_000n, micros)));
  });

  test('loses nothing and counts nothing twice, whatever the cuts', () => {
    const whole = held('2026-02-27T03:04:05.678Z', '2026-03-05T21:22:23.456Z');
    const pieces = meterSlots(whole, PRICES);
    const millis = pieces.reduce((sum, piece) => sum + piece.slotMillis, 0n);
    expect(millis).toBe(2n * BigInt(whole.endAt.getTime() - whole.startAt.getTime()));
    pieces.slice(1).forEach((piece, index) => {
      expect(piece.startAt).toEqual(pieces[index]?.endAt);
    });
  });

  test('without a price says so, and an empty interval has no piece', () => {
    expect(meterSlots(held('2026-03-01T10:00:00Z', '2026-03-01T10:00:01Z'), [])).toMatchObject([
      { priceMicros: null, costPicos: 0n },
    ]);
    expect(meterSlots(held('2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z'), PRICES)).toEqual([]);
  });
});
