import { formatMoney, formatMoneyTick } from '../format/money.ts';
import { formatBytes, formatMilliseconds, formatNumber, formatPercent, formatTokens } from '../format/quantity.ts';
import { formatAbsolute } from '../format/time.ts';

/** ChartUnit says what the values are; money is micros, percent a share from 0 to 1. */
export type ChartUnit =
  | 'money'
  | 'count'
  | 'tokens'
  | 'milliseconds'
  | 'percent'
  | 'bytes'
  | 'number'
  | 'tokens/s'
  | 'loss';
/** ChartAxis says what x is. */
export type ChartAxis = 'time' | 'day' | 'number' | 'word';

/** formatValue writes a value with its unit, for axis, tooltip and table. */
export function formatValue(value: number | null, unit: ChartUnit, currency?: string): string {
  if (value === null) return '–';
  switch (unit) {
    case 'money':
      return formatMoney(value, currency);
    case 'milliseconds':
      return formatMilliseconds(value);
    case 'percent':
      return formatPercent(value);
    case 'bytes':
      return formatBytes(value);
    case 'loss':
      return formatNumber(value, 4);
    case 'number':
      return formatNumber(value, 2);
    case 'tokens/s':
      return `${formatTokens(value)} tok/s`;
    default:
      return formatTokens(value);
  }
}

/** formatTick writes a value of the axis itself. */
export function formatTick(value: number, unit: ChartUnit, currency?: string): string {
  return unit === 'money' ? formatMoneyTick(value, currency) : formatValue(value, unit, currency);
}

/** formatX writes a position of the axis; `isLong` in full, for tooltip and table. */
export function formatX(x: string | number, axis: ChartAxis, isLong = false): string {
  if (axis === 'time') {
    const full = formatAbsolute(x);
    return isLong ? full : full.slice(11, 16);
  }
  if (axis === 'day') {
    const options = {
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC',
    } as const;
    return new Date(x).toLocaleDateString('en-GB', isLong ? { ...options, year: 'numeric' } : options);
  }
  return typeof x === 'number' ? formatNumber(x, 2) : x;
}
