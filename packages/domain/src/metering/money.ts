/** CURRENCY is what every price and cost of an installation is in. */
export const CURRENCY = 'EUR';

// A pico is 1e-12 of the currency: a token at a price in micros per million tokens is then a whole number of picos.
const PICOS_PER_MICRO = 1_000_000n;
const PICO_DIGITS = 12;

/** picosToMicros rounds half up to whole micros, for showing; sums are made before, in picos. */
export function picosToMicros(picos: bigint): number {
  return Number(divideHalfUp(picos, PICOS_PER_MICRO));
}

/** formatPicos writes the exact amount in the currency, without trailing zeros beyond two decimals. */
export function formatPicos(picos: bigint): string {
  const sign = picos < 0n ? '-' : '';
  const digits = (picos < 0n ? -picos : picos).toString().padStart(PICO_DIGITS + 1, '0');
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '').padEnd(2, '0');
  return `${sign}${whole}.${fraction}`;
}

/** divideHalfUp divides whole numbers and rounds halves up; the divisor is positive. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  return doubled < 0n && doubled % (2n * divisor) !== 0n ? quotient - 1n : quotient;
}
