export { BarChart, type ChartProps, LineChart } from './chart.tsx';
export {
  CANARY_COLOR,
  CHART_COLORS,
  type ChartInput,
  type ChartSeries,
  prepareChart,
  STABLE_COLOR,
} from './prepare.ts';
export {
  type ChartAxis,
  type ChartUnit,
  formatValue,
  formatX,
} from './units.ts';
