'use client';
import { Table2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../primitives/button.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { type ChartInput, type PreparedChart, prepareChart } from './prepare.ts';
import { type ChartAxis, type ChartUnit, formatTick, formatValue, formatX } from './units.ts';

// recharts is half of a page's budget: it comes after the first paint.
const DrawChart = lazy(() => import('./draw.tsx'));

/** ChartProps: `label` names the chart, `unit` its values, `axis` its x; `emptyText` stands in when nothing was measured. */
export interface ChartProps extends ChartInput {
  label: string;
  unit: ChartUnit;
  axis: ChartAxis;
  xLabel?: string;
  currency?: string;
  height?: number;
  isFromZero?: boolean;
  emptyText?: string;
}
/** DrawProps is what drawing needs: no decision is left. */
export interface DrawProps {
  kind: 'line' | 'bar';
  label: string;
  chart: PreparedChart;
  axis: ChartAxis;
  xLabel: string | undefined;
  height: number;
  isFromZero: boolean;
  /** isWhole: half of a value makes no sense, so no tick stands there. */
  isWhole: boolean;
  formatTick(value: number): string;
  formatY(value: number | null): string;
}
const HEIGHT = 240;

/** LineChart shows how values move; a gap is where nothing was measured. */
export function LineChart(props: ChartProps) {
  return <Chart {...props} kind="line" />;
}

/** BarChart stacks its series from zero. */
export function BarChart(props: ChartProps) {
  return <Chart {...props} kind="bar" isFromZero />;
}

function Chart(props: ChartProps & { kind: 'line' | 'bar' }) {
  const { kind, label, unit, axis, xLabel, currency, height = HEIGHT, isFromZero = false, emptyText } = props;
  const [isTableShown, setTableShown] = useState(false);
  const chart = prepareChart(props);
  const formatY = (value: number | null) => formatValue(value, unit, currency);
  if (chart.isEmpty) {
    return (
      <p style={{ height }} className="flex items-center justify-center text-[13px] text-ink-muted">
        {emptyText ?? 'Nothing was measured in this time.'}
      </p>
    );
  }
  return (
    <figure aria-label={label} className="flex min-w-0 flex-col gap-2">
      {isTableShown ? (
        <ChartTable label={label} chart={chart} axis={axis} xLabel={xLabel} formatY={formatY} height={height} />
      ) : (
        <div style={{ height }}>
          <Suspense fallback={<Skeleton className="h-full w-full" />}>
            <DrawChart
              {...{
                kind,
                label,
                chart,
                axis,
                xLabel,
                height,
                isFromZero,
                isWhole: unit === 'count' || unit === 'tokens',
                formatTick: (value) => formatTick(value, unit, currency),
                formatY,
              }}
            />
          </Suspense>
        </div>
      )}
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 text-[12.5px] text-ink-muted">
        {chart.series.map((series) => (
          <span key={series.dataKey} className="inline-flex min-w-0 items-center gap-1.5">
            <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: series.color }} />
            <span className="truncate">{series.label}</span>
          </span>
        ))}
        <Button variant="ghost" size="sm" className="ml-auto" onClick={() => setTableShown(!isTableShown)}>
          <Table2 aria-hidden />
          {isTableShown ? 'Show chart' : 'Show table'}
        </Button>
      </figcaption>
    </figure>
  );
}

interface ChartTableProps {
  label: string;
  chart: PreparedChart;
  axis: ChartAxis;
  xLabel: string | undefined;
  height: number;
  formatY(value: number | null): string;
}

function ChartTable({ label, chart, axis, xLabel, height, formatY }: ChartTableProps) {
  const fallback = { time: 'Time', day: 'Day', number: '', word: '' }[axis];
  return (
    <div style={{ height }} className="overflow-y-auto">
      <DataTable
        label={`${label}, as a table`}
        narrow="scroll"
        rows={chart.rows}
        getRowId={(row) => String(row.x)}
        columns={[
          {
            id: 'x',
            header: xLabel ?? fallback,
            isRowHeader: true,
            cell: (row) => formatX(row.x, axis, true),
          },
          ...chart.series.map((series) => ({
            id: series.dataKey,
            header: series.label,
            align: 'right' as const,
            cell: (row: PreparedChart['rows'][number]) => {
              const value = row[series.dataKey];
              return formatY(typeof value === 'number' ? value : null);
            },
          })),
        ]}
      />
    </div>
  );
}
