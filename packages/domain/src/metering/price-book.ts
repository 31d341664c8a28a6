import { conflict, invalidInput } from '../kernel/errors.ts';
import type { PRICE_KINDS } from './contract.ts';

/** PriceKind is what a price is for. */
export type PriceKind = (typeof PRICE_KINDS)[number];

/** PriceKey is what a price holds for: a flavour's slot hour, or tokens of one model (`team/model`) or of all (null). */
export interface PriceKey {
  kind: PriceKind;
  flavorName: string | null;
  modelName: string | null;
}

/** PriceEntry is one line of the price book. It is never changed: a later line of the same key ends it. */
export interface PriceEntry extends PriceKey {
  id: string;
  /** amountMicros is per slot hour or per million tokens. */
  amountMicros: bigint;
  effectiveFrom: Date;
  setBy: string;
  createdAt: Date;
}

/** DatedPrice is an entry with the instant at which a later one took over. */
export interface DatedPrice extends PriceEntry {
  effectiveTo: Date | null;
  isCurrent: boolean;
}

// A clock of another machine may be a little behind; a price from "now" must still be accepted.
const CLOCK_TOLERANCE_MS = 60_000;

/** priceAt is the entry of exactly this key that holds at an instant, or null: an unknown price is not zero. */
export function priceAt(entries: readonly PriceEntry[], key: PriceKey, at: Date): PriceEntry | null {
  let found: PriceEntry | null = null;
  for (const entry of entries) {
    if (isSameKey(entry, key) && entry.effectiveFrom <= at && (found === null || isLater(entry, found))) found = entry;
  }
  return found;
}

/** slotPriceAt is what a slot hour of a flavour costs at an instant, in micros, or null when nobody set it. */
export function slotPriceAt(entries: readonly PriceEntry[], flavorName: string, at: Date): bigint | null {
  return priceAt(entries, { kind: 'slot_hour', flavorName, modelName: null }, at)?.amountMicros ?? null;
}

/** tokenPriceAt is what a million tokens of `team/model` cost at an instant: the model's own price, else the general one. */
export function tokenPriceAt(
  entries: readonly PriceEntry[],
  token: { kind: 'prompt_tokens' | 'completion_tokens'; modelName: string },
  at: Date,
): bigint | null {
  const own = priceAt(entries, { ...token, flavorName: null }, at);
  const general = priceAt(entries, { kind: token.kind, modelName: null, flavorName: null }, at);
  return (own ?? general)?.amountMicros ?? null;
}

/** NewPrice is a price that somebody wants to set. */
export interface NewPrice {
  kind: PriceKind;
  flavor?: string | undefined;
  model?: string | undefined;
  effectiveFrom?: Date | undefined;
}

/** decideNewPrice says which key a new price is for and from when it holds. Throws when it would reach into the past. */
export function decideNewPrice(
  input: NewPrice,
  entries: readonly PriceEntry[],
  now: Date,
): PriceKey & { effectiveFrom: Date } {
  const isSlot = input.kind === 'slot_hour';
  if (isSlot && !input.flavor) throw invalidInput('Name the flavour whose slot hour this price is for.', 'flavor');
  if (!isSlot && input.flavor) throw invalidInput('A token price holds for a model, not for a flavour.', 'flavor');
  if (isSlot && input.model) throw invalidInput('A slot hour costs the same whatever model runs in it.', 'model');
  const wanted = input.effectiveFrom ?? now;
  if (wanted.getTime() < now.getTime() - CLOCK_TOLERANCE_MS) {
    throw invalidInput('A price cannot begin in the past: what was used then keeps its price.', 'effectiveFrom');
  }
  const key = { kind: input.kind, flavorName: input.flavor ?? null, modelName: input.model ?? null };
  const effectiveFrom = wanted < now ? now : wanted;
  if (entries.some((e) => isSameKey(e, key) && e.effectiveFrom.getTime() === effectiveFrom.getTime())) {
    throw conflict('A price of this kind begins at that very moment already: choose another time.', 'effectiveFrom');
  }
  return { ...key, effectiveFrom };
}

/** datePrices adds to each entry until when it holds and whether it holds now, newest first. */
export function datePrices(entries: readonly PriceEntry[], now: Date): DatedPrice[] {
  const newestFirst = [...entries].sort((a, b) => (isLater(a, b) ? -1 : 1));
  return newestFirst.map((entry, index) => {
    const next = newestFirst.slice(0, index).findLast((other) => isSameKey(other, entry));
    const effectiveTo = next?.effectiveFrom ?? null;
    return {
      ...entry,
      effectiveTo,
      isCurrent: entry.effectiveFrom <= now && (effectiveTo === null || now < effectiveTo),
    };
  });
}

function isSameKey(a: PriceKey, b: PriceKey): boolean {
  return a.kind === b.kind && a.flavorName === b.flavorName && a.modelName === b.modelName;
}

/** isLater orders by when a price begins; of two that begin together, the one set last holds. */
function isLater(a: PriceEntry, b: PriceEntry): boolean {
  const byTime = a.effectiveFrom.getTime() - b.effectiveFrom.getTime();
  const bySetting = a.createdAt.getTime() - b.createdAt.getTime();
  return byTime !== 0 ? byTime > 0 : bySetting !== 0 ? bySetting > 0 : a.id > b.id;
}
