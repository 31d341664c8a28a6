const MICROS = 1_000_000;
const formatters = new Map<string, Intl.NumberFormat>();

function formatter(currency: string, digits: number): Intl.NumberFormat {
  const key = `${currency}:${digits}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat('en-GB', {
      style: 'currency',
      currency,
      minimumFractionDigits: Math.min(2, digits),
      maximumFractionDigits: digits,
    });
    formatters.set(key, found);
  }
  return found;
}

/** formatMoney writes an amount in micros: two decimals, and as many as it needs (at most six) below one cent. */
export function formatMoney(micros: number, currency = 'EUR'): string {
  const amount = micros / MICROS;
  const size = Math.abs(amount);
  const digits = size === 0 || size >= 0.01 ? 2 : size >= 0.0001 ? 4 : 6;
  return formatter(currency, digits).format(amount);
}

/** formatMoneyTick writes an amount in micros for an axis: three significant digits, so that neighbouring ticks never read the same. */
export function formatMoneyTick(micros: number, currency = 'EUR'): string {
  const options = { style: 'currency', currency, maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat('en-GB', options).format(micros / MICROS);
}

/** formatPrice writes a price with its unit, for example `€0.02 / cpu slot h`; unknown is said. */
export function formatPrice(micros: number | null, unit: string, currency = 'EUR'): string {
  return micros === null ? 'no price' : `${formatMoney(micros, currency)} / ${unit}`;
}
