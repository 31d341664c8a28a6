/** PRICE_KIND_WORDS are the kinds of prices in users' words. */
export const PRICE_KIND_WORDS = {
  slot_hour: 'Slot hour',
  prompt_tokens: 'Prompt tokens',
  completion_tokens: 'Completion tokens',
} as const;

/** PRICE_UNITS are what an amount is for. */
export const PRICE_UNITS = {
  slot_hour: 'slot h',
  prompt_tokens: '1 M tokens',
  completion_tokens: '1 M tokens',
} as const;

/** isFromTheStart says that a price holds for all the past: the seed's prices begin with the epoch. */
export const isFromTheStart = (effectiveFrom: string): boolean => Date.parse(effectiveFrom) <= 0;

/** priceState is whether a price holds now, will hold, or held. */
export function priceState(price: {
  isCurrent: boolean;
  effectiveTo: string | null;
  effectiveFrom: string;
}): 'current' | 'coming' | 'past' {
  if (price.isCurrent) return 'current';
  return price.effectiveTo === null || Date.parse(price.effectiveFrom) > Date.now() ? 'coming' : 'past';
}

const MICROS = 1_000_000;

/** toMicros turns what a person typed into micros; null when it is no amount the book takes. */
export function toMicros(text: string): number | null {
  const clean = text.trim().replace(',', '.');
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(clean)) return null;
  const [whole = '0', fraction = ''] = clean.split('.');
  // Digits, not floating point: 0.1 must be exactly 100,000 micros.
  return Number(whole) * MICROS + Number(fraction.padEnd(6, '0'));
}
