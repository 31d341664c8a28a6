import { slotCostPicos, slotMillis } from './cost.ts';
import { type PriceEntry, slotPriceAt } from './price-book.ts';

const DAY_MS = 86_400_000;

/** HeldSlots is slots of a flavour held without a break. */
export interface HeldSlots {
  flavorName: string;
  slots: number;
  startAt: Date;
  endAt: Date;
}

/** MeteredPiece is a part of it that lies in one day (UTC) and under one price; without a price it costs nothing and says so. */
export interface MeteredPiece {
  startAt: Date;
  endAt: Date;
  slotMillis: bigint;
  priceMicros: bigint | null;
  costPicos: bigint;
}

/** meterSlots cuts held slots at midnight UTC and where the price changes, so that each piece has one day and one price. */
export function meterSlots(held: HeldSlots, prices: readonly PriceEntry[]): MeteredPiece[] {
  const { flavorName, slots, startAt, endAt } = held;
  const cuts = new Set<number>([endAt.getTime()]);
  for (let midnight = nextMidnight(startAt); midnight < endAt.getTime(); midnight += DAY_MS) cuts.add(midnight);
  for (const { kind, flavorName: priced, effectiveFrom } of prices) {
    const isInside = effectiveFrom > startAt && effectiveFrom < endAt;
    if (kind === 'slot_hour' && priced === flavorName && isInside) cuts.add(effectiveFrom.getTime());
  }
  const pieces: MeteredPiece[] = [];
  let from = startAt;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const until = new Date(cut);
    if (until <= from) continue;
    const millis = slotMillis(slots, from, until);
    const priceMicros = slotPriceAt(prices, flavorName, from);
    pieces.push({
      startAt: from,
      endAt: until,
      slotMillis: millis,
      priceMicros,
      costPicos: slotCostPicos(millis, priceMicros ?? 0n),
    });
    from = until;
  }
  return pieces;
}

function nextMidnight(at: Date): number {
  return (Math.floor(at.getTime() / DAY_MS) + 1) * DAY_MS;
}
