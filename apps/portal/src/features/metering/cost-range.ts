/** COST_RANGES are the spans of days on offer. */
export const COST_RANGES = [
  { value: 'month', label: 'This month' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
] as const;
/** CostRange is one of the spans. */
export type CostRange = (typeof COST_RANGES)[number]['value'];
/** COST_RANGE_VALUES are the words in the address. */
export const COST_RANGE_VALUES: CostRange[] = COST_RANGES.map((range) => range.value);
/** GROUPINGS are the ways to look at cost, in users' words. */
export const GROUPINGS = [
  { value: 'team', label: 'Team' },
  { value: 'endpoint', label: 'Endpoint' },
  { value: 'modelVersion', label: 'Model version' },
  { value: 'kind', label: 'Kind' },
  { value: 'day', label: 'Day' },
] as const;
/** Grouping is one of the ways. */
export type Grouping = (typeof GROUPINGS)[number]['value'];
/** GROUPING_VALUES are the words in the address. */
export const GROUPING_VALUES: Grouping[] = GROUPINGS.map((grouping) => grouping.value);

const DAYS = { '7d': 7, '30d': 30, '90d': 90 };
const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** daysOf turns a range into its first and last day (UTC, both included). */
export function daysOf(range: CostRange, now: number): { from: string; to: string } {
  const to = dayOf(now);
  return { from: range === 'month' ? `${to.slice(0, 7)}-01` : dayOf(now - (DAYS[range] - 1) * DAY_MS), to };
}

/** everyDay lists all days of a span, so that a day without cost is seen as one. */
export function everyDay(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(dayOf(at));
  return days;
}

/** changeText compares with the span before, in words; from nothing there is no percentage. */
export function changeText(total: number, previous: number): string {
  if (previous === 0) return total === 0 ? 'nothing in either span' : 'nothing in the span before';
  const change = (total - previous) / previous;
  const percent = Math.abs(change * 100)
    .toFixed(1)
    .replace(/\.0$/, '');
  if (percent === '0') return 'as in the span before';
  return `${percent} % ${change > 0 ? 'more' : 'less'} than in the span before`;
}

/** seriesByKey turns sums by day and key into one series a key with a value for every day. */
export function seriesByKey(
  points: readonly { day: string; key: string; label: string; totalMicros: number }[],
  days: readonly string[],
): { key: string; label: string; values: number[] }[] {
  const byKey = new Map<string, { key: string; label: string; values: number[] }>();
  for (const point of points) {
    const at = days.indexOf(point.day);
    if (at === -1) continue;
    const series = byKey.get(point.key) ?? { key: point.key, label: point.label, values: days.map(() => 0) };
    series.values[at] = (series.values[at] ?? 0) + point.totalMicros;
    byKey.set(point.key, series);
  }
  return [...byKey.values()];
}
