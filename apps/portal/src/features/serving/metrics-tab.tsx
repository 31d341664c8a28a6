'use client';
import { Card, Field, Select } from '@slipway/ui';
import { BarChart, LineChart } from '@slipway/ui/charts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { TRAFFIC_RANGES, trafficCharts } from './traffic-series.ts';
import type { EndpointDetail } from './types.ts';

const RANGE_VALUES = TRAFFIC_RANGES.map((range) => range.value);
const POLL_MS = 5_000;
const EMPTY_TEXT = 'No request in this time.';

/** MetricsTab shows an endpoint's traffic over time. */
export function MetricsTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const [range, setRange] = useQueryState('range', parseAsStringLiteral(RANGE_VALUES).withDefault('60'));
  const query = useQuery(
    trpc.serving.getEndpointMetrics.queryOptions(
      { team, endpoint: endpoint.name, rangeMinutes: Number(range) },
      { refetchInterval: POLL_MS, placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Field label="Time range" isRequired className="w-40">
        <Select
          options={TRAFFIC_RANGES}
          value={range}
          onChange={(event) => void setRange(RANGE_VALUES.find((value) => value === event.target.value) ?? null)}
        />
      </Field>
      <Loaded query={query} label="traffic">
        {(metrics) => {
          const charts = trafficCharts(metrics);
          const axis = { axis: 'time', emptyText: EMPTY_TEXT } as const;
          return (
            <div className="grid min-w-0 gap-4 lg:grid-cols-2">
              <Card title="Requests" description={`For each ${bucketWords(metrics.bucketSeconds)}.`}>
                <BarChart {...charts.requests} {...axis} label="Requests over time" unit="count" />
              </Card>
              <Card title="Tokens" description={`For each ${bucketWords(metrics.bucketSeconds)}.`}>
                <BarChart {...charts.tokens} {...axis} label="Tokens over time" unit="tokens" />
              </Card>
              <Card title="Time to first token">
                <LineChart
                  {...charts.ttft}
                  {...axis}
                  label="Time to first token over time"
                  unit="milliseconds"
                  isFromZero
                />
              </Card>
              <Card title="Latency" description="From request to the last token.">
                <LineChart {...charts.latency} {...axis} label="Latency over time" unit="milliseconds" isFromZero />
              </Card>
            </div>
          );
        }}
      </Loaded>
    </div>
  );
}

function bucketWords(seconds: number): string {
  if (seconds % 3_600 === 0) return seconds === 3_600 ? 'hour' : `${seconds / 3_600} h`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} min`;
  return `${seconds} s`;
}
