'use client';
import { Bar, BarChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { DrawProps } from './chart.tsx';
import { isAlone } from './prepare.ts';
import { formatX } from './units.ts';

const TICK = { fontSize: 11.5, fill: 'var(--ink-muted)' };
const MARGIN = { top: 8, right: 12, bottom: 0, left: 0 };
const Y_WIDTH = 64;

/** DrawChart draws a prepared chart with recharts; it decides nothing. */
export default function DrawChart(props: DrawProps) {
  const Frame = props.kind === 'line' ? LineChart : BarChart;
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Frame data={props.chart.rows} margin={MARGIN} accessibilityLayer title={props.label}>
        {axes(props)}
        {props.kind === 'line' ? lines(props) : bars(props)}
      </Frame>
    </ResponsiveContainer>
  );
}

// recharts finds its parts by element type, so these are elements and not components of ours.
function axes({ axis, formatTick, formatY, isFromZero, isWhole }: DrawProps) {
  return (
    <>
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis
        dataKey="x"
        type={axis === 'number' ? 'number' : 'category'}
        domain={axis === 'number' ? ['dataMin', 'dataMax'] : undefined}
        tickFormatter={(x: string | number) => formatX(x, axis)}
        tick={TICK}
        tickLine={false}
        axisLine={{ stroke: 'var(--line)' }}
        minTickGap={32}
      />
      <YAxis
        tickFormatter={formatTick}
        allowDecimals={!isWhole}
        domain={isFromZero ? [0, 'auto'] : ['auto', 'auto']}
        tick={TICK}
        tickLine={false}
        axisLine={false}
        width={Y_WIDTH}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={{
          stroke: 'var(--line-strong)',
          fill: 'var(--surface-hover)',
          fillOpacity: 0.5,
        }}
        labelFormatter={(x) => formatX(typeof x === 'number' ? x : String(x), axis, true)}
        formatter={(value) => formatY(typeof value === 'number' ? value : null)}
        contentStyle={{
          background: 'var(--surface-raised)',
          border: '1px solid var(--line)',
          borderRadius: 6,
          boxShadow: 'var(--shadow-float)',
          fontSize: 12.5,
        }}
        labelStyle={{ color: 'var(--ink-muted)' }}
        itemStyle={{ color: 'var(--ink)', padding: 0 }}
      />
    </>
  );
}

function lines({ chart }: DrawProps) {
  const hasFewPoints = chart.rows.length <= 24;
  return chart.series.map((series) => (
    <Line
      key={series.dataKey}
      dataKey={series.dataKey}
      name={series.label}
      stroke={series.color}
      strokeWidth={1.75}
      dot={(point: { cx?: number; cy?: number; index: number }) => {
        const isShown = hasFewPoints || series.isSparse || isAlone(chart.rows, series.dataKey, point.index);
        const { cx, cy, index } = point;
        // recharts wants an element for every point, also for those without a dot.
        return isShown && typeof cx === 'number' && typeof cy === 'number' ? (
          <circle key={index} cx={cx} cy={cy} r={2.5} fill={series.color} />
        ) : (
          <g key={index} />
        );
      }}
      connectNulls={series.isSparse}
      isAnimationActive={false}
      type="linear"
    />
  ));
}

function bars({ chart }: DrawProps) {
  return chart.series.map((series) => (
    <Bar
      key={series.dataKey}
      dataKey={series.dataKey}
      name={series.label}
      fill={series.color}
      stackId="stack"
      maxBarSize={44}
      isAnimationActive={false}
    />
  ));
}
