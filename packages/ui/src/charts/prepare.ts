/** CHART_COLORS is the order of categorical colours; the eighth is "other". */
export const CHART_COLORS = [
  '#0072B2',
  '#E69F00',
  '#009E73',
  '#CC79A7',
  '#56B4E9',
  '#D55E00',
  '#F0E442',
  '#8A8F98',
] as const;
/** STABLE_COLOR and CANARY_COLOR are the same pair on every page. */
export const STABLE_COLOR = CHART_COLORS[0];
/** CANARY_COLOR is the canary's beside STABLE_COLOR. */
export const CANARY_COLOR = CHART_COLORS[1];
const OTHER_COLOR = CHART_COLORS[7];
const MAX_SERIES = 7;
// More points than this are more than the pixels of a chart: a bucket keeps its lowest and highest.
const MAX_POINTS = 1_200;

/** ChartSeries is one line or stack: a value for each x, null where nothing was measured. */
export interface ChartSeries {
  key: string;
  label: string;
  values: readonly (number | null)[];
  color?: string;
  /** isSparse: null means not measured at this point, so the line goes on to the next value. */
  isSparse?: boolean;
}
/** ChartInput: `x` is ISO times, days, words or numbers, one for each value of every series. */
export interface ChartInput {
  x: readonly (string | number)[];
  series: readonly ChartSeries[];
  /** order keeps the series' order; total ranks by sum, so that "other" holds the smallest. */
  rankBy?: 'order' | 'total';
}
/** PreparedSeries is a series with its colour; `dataKey` is its column in the rows. */
export interface PreparedSeries {
  dataKey: string;
  label: string;
  color: string;
  isSparse: boolean;
}
/** PreparedChart is what a chart draws and its table shows. */
export interface PreparedChart {
  rows: { x: string | number; [dataKey: string]: string | number | null }[];
  series: PreparedSeries[];
  isEmpty: boolean;
}

/** prepareChart ranks, folds the rest into "other", gives colours and thins out: everything a chart decides. */
export function prepareChart({ x, series, rankBy = 'order' }: ChartInput): PreparedChart {
  const ranked =
    rankBy === 'total' ? [...series].sort((a, b) => sum(b) - sum(a) || a.key.localeCompare(b.key)) : series;
  const shown = foldRest(ranked);
  const prepared = shown.map((one, index) => ({
    dataKey: `s${index}`,
    label: one.label,
    color: one.color ?? CHART_COLORS[index] ?? OTHER_COLOR,
    isSparse: one.isSparse ?? false,
  }));
  const rows = thin(x.length, shown).map((at) => {
    const row: PreparedChart['rows'][number] = { x: x[at] ?? '' };
    for (const [index, one] of shown.entries()) row[`s${index}`] = one.values[at] ?? null;
    return row;
  });
  const isEmpty = shown.every((one) => one.values.every((value) => value === null));
  return { rows, series: prepared, isEmpty };
}

/** isAlone says whether a value has a gap on both sides, so that no line would show it. */
export function isAlone(rows: PreparedChart['rows'], dataKey: string, at: number): boolean {
  const isThere = (index: number) => typeof rows[index]?.[dataKey] === 'number';
  return isThere(at) && !isThere(at - 1) && !isThere(at + 1);
}

function sum(series: ChartSeries): number {
  return series.values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function foldRest(series: readonly ChartSeries[]): readonly ChartSeries[] {
  if (series.length <= MAX_SERIES) return series;
  const rest = series.slice(MAX_SERIES);
  const length = Math.max(...rest.map((one) => one.values.length));
  const values = Array.from({ length }, (_, at) => {
    const known = rest.flatMap((one) => one.values[at] ?? []);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  });
  return [
    ...series.slice(0, MAX_SERIES),
    {
      key: 'other',
      label: `Other (${rest.length})`,
      values,
      color: OTHER_COLOR,
    },
  ];
}

/** thin chooses which positions are drawn: of each bucket the lowest and highest of every series, in order, and a gap stays a gap. */
function thin(length: number, series: readonly ChartSeries[]): number[] {
  if (length <= MAX_POINTS) return Array.from({ length }, (_, at) => at);
  const buckets = Math.max(1, Math.floor(MAX_POINTS / (2 * Math.max(1, series.length) + 1)));
  const kept = new Set<number>([0, length - 1]);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * length) / buckets);
    const to = Math.floor(((bucket + 1) * length) / buckets);
    for (const one of series) for (const at of extremes(one.values, from, to)) kept.add(at);
  }
  return [...kept].sort((a, b) => a - b);
}

function extremes(values: readonly (number | null)[], from: number, to: number): number[] {
  let low: number | undefined;
  let high: number | undefined;
  let gap: number | undefined;
  for (let at = from; at < to; at += 1) {
    const value = values[at] ?? null;
    if (value === null) {
      gap ??= at;
      continue;
    }
    if (low === undefined || value < (values[low] ?? Number.POSITIVE_INFINITY)) low = at;
    if (high === undefined || value > (values[high] ?? Number.NEGATIVE_INFINITY)) high = at;
  }
  return [low, high, gap].filter((at) => at !== undefined);
}
