import { divideHalfUp } from './money.ts';

const MILLIS_PER_HOUR = 3_600_000n;
const PICOS_PER_MICRO = 1_000_000n;

/** tokenCostPicos is exact: a token at `priceMicros` per million costs `priceMicros` picos. */
export function tokenCostPicos(tokens: number, priceMicros: bigint): bigint {
  return BigInt(tokens) * priceMicros;
}

/** TokenPrices are what a million tokens cost, in micros. */
export interface TokenPrices {
  promptPriceMicros: bigint;
  completionPriceMicros: bigint;
}

/** requestCostPicos is what one request cost; cached prompt tokens are part of the prompt tokens and cost the same. */
export function requestCostPicos(
  tokens: { promptTokens: number; completionTokens: number },
  prices: TokenPrices,
): bigint {
  return (
    tokenCostPicos(tokens.promptTokens, prices.promptPriceMicros) +
    tokenCostPicos(tokens.completionTokens, prices.completionPriceMicros)
  );
}

/** slotMillis is how many slot-milliseconds `slots` held between two instants are. */
export function slotMillis(slots: number, startAt: Date, endAt: Date): bigint {
  return BigInt(slots) * BigInt(Math.max(0, endAt.getTime() - startAt.getTime()));
}

/** slotCostPicos is what slot-milliseconds cost at a price in micros per slot hour, rounded half up to a pico. */
export function slotCostPicos(millis: bigint, priceMicros: bigint): bigint {
  return divideHalfUp(priceMicros * millis * PICOS_PER_MICRO, MILLIS_PER_HOUR);
}
