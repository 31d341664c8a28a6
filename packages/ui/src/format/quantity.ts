const count = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const NARROW_SPACE = ' ';
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'] as const;

function scaled(value: number, base: number, units: readonly string[]): string {
  let size = Math.abs(value);
  let index = 0;
  while (size >= base && index < units.length - 1) {
    size /= base;
    index += 1;
  }
  // 999.96 k would round to 1000.0 k: carry into the next unit.
  if (Number(size.toFixed(1)) >= base && index < units.length - 1) {
    size /= base;
    index += 1;
  }
  const digits = index === 0 || size >= 100 ? 0 : 1;
  const text = size.toFixed(digits).replace(/\.0$/, '');
  const unit = units[index] ?? '';
  return `${value < 0 ? '-' : ''}${text}${unit === '' ? '' : NARROW_SPACE + unit}`;
}

/** formatCount writes a whole number with thousands separators. */
export const formatCount = (value: number): string => count.format(value);
/** formatTokens writes a number of tokens or parameters short: `1.2 M`. */
export const formatTokens = (value: number): string => scaled(value, 1_000, COUNT_UNITS);
/** formatBytes writes a size in binary units: `93.4 MiB`. */
export const formatBytes = (value: number): string => scaled(value, 1_024, BYTE_UNITS);
/** formatPercent writes a share from 0 to 1 as per cent; null (nothing measured) is a dash. */
export function formatPercent(share: number | null, digits = 1): string {
  return share === null ? '–' : `${(share * 100).toFixed(digits).replace(/\.0+$/, '')}${NARROW_SPACE}%`;
}
/** formatMilliseconds writes a latency: `85 ms`, `1.24 s`; null (nothing measured) is a dash. */
export function formatMilliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value >= 1_000) return `${(value / 1_000).toFixed(2)}${NARROW_SPACE}s`;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${NARROW_SPACE}ms`;
}
/** formatNumber writes a measured number with at most `digits` decimals; null is a dash. */
export function formatNumber(value: number | null, digits = 2): string {
  return value === null ? '–' : new Intl.NumberFormat('en-GB', { maximumFractionDigits: digits }).format(value);
}
