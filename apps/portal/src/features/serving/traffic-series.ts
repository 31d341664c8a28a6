import type { OutputOf } from '@slipway/domain/kernel';
import type { servingContract } from '@slipway/domain/serving';
import type { ChartInput } from '@slipway/ui/charts';

type Metrics = OutputOf<typeof servingContract.getEndpointMetrics>;

/** TRAFFIC_RANGES are the times that the metrics tab offers, in minutes. */
export const TRAFFIC_RANGES = [
  { value: '15', label: '15 min' },
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
  { value: '1440', label: '24 h' },
  { value: '10080', label: '7 d' },
] as const;

/** TrafficCharts are the four charts of an endpoint. */
export interface TrafficCharts {
  requests: ChartInput;
  ttft: ChartInput;
  latency: ChartInput;
  tokens: ChartInput;
}

/** trafficCharts turns buckets into charts; a bucket without requests has no latency, which is a gap and not zero. */
export function trafficCharts({ items }: Metrics): TrafficCharts {
  const x = items.map((point) => point.at);
  const chart = (
    ...series: { key: string; label: string; pick: (point: Metrics['items'][number]) => number | null }[]
  ) => ({
    x,
    series: series.map(({ key, label, pick }) => ({ key, label, values: items.map(pick) })),
  });
  return {
    requests: chart(
      { key: 'succeeded', label: 'Succeeded', pick: (point) => Math.max(0, point.requests - point.errors) },
      { key: 'failed', label: 'Failed', pick: (point) => point.errors },
    ),
    ttft: chart(
      { key: 'p50', label: 'p50', pick: (point) => point.ttftP50Ms },
      { key: 'p95', label: 'p95', pick: (point) => point.ttftP95Ms },
    ),
    latency: chart(
      { key: 'p50', label: 'p50', pick: (point) => point.latencyP50Ms },
      { key: 'p95', label: 'p95', pick: (point) => point.latencyP95Ms },
    ),
    tokens: chart(
      { key: 'prompt', label: 'Prompt', pick: (point) => point.promptTokens },
      { key: 'completion', label: 'Completion', pick: (point) => point.completionTokens },
    ),
  };
}

/** TrafficTotals sums up a range; a latency is that of the latest bucket with requests. */
export interface TrafficTotals {
  requests: number;
  errors: number;
  /** errorRate is null when nothing was asked. */
  errorRate: number | null;
  tokens: number;
  ttftP50Ms: number | null;
}

/** trafficTotals answers the numbers that stand above an endpoint's tabs. */
export function trafficTotals({ items }: Metrics): TrafficTotals {
  const add = (pick: (point: Metrics['items'][number]) => number) =>
    items.reduce((total, point) => total + pick(point), 0);
  const requests = add((point) => point.requests);
  const errors = add((point) => point.errors);
  return {
    requests,
    errors,
    errorRate: requests === 0 ? null : errors / requests,
    tokens: add((point) => point.promptTokens + point.completionTokens),
    ttftP50Ms: items.findLast((point) => point.ttftP50Ms !== null)?.ttftP50Ms ?? null,
  };
}
