import { describe, expect, test } from 'vitest';
import { trafficCharts, trafficTotals } from './traffic-series.ts';

const quiet = {
  requests: 0,
  errors: 0,
  promptTokens: 0,
  completionTokens: 0,
  ttftP50Ms: null,
  ttftP95Ms: null,
  latencyP50Ms: null,
  latencyP95Ms: null,
};
const busy = {
  requests: 4,
  errors: 1,
  promptTokens: 30,
  completionTokens: 70,
  ttftP50Ms: 20,
  ttftP95Ms: 40,
  latencyP50Ms: 300,
  latencyP95Ms: 500,
};
const metrics = {
  bucketSeconds: 60,
  items: [
    { at: '2026-11-21T10:00:00Z', ...busy },
    { at: '2026-11-21T10:01:00Z', ...quiet },
  ],
};

describe('the charts of an endpoint', () => {
  test('split requests into those that succeeded and failed', () => {
    expect(trafficCharts(metrics).requests.series.map(({ key, values }) => [key, values])).toEqual([
      ['succeeded', [3, 0]],
      ['failed', [1, 0]],
    ]);
  });
  test('have a gap and no zero where nothing was asked', () => {
    expect(trafficCharts(metrics).ttft.series[0]?.values).toEqual([20, null]);
  });
});

describe('the numbers above the tabs', () => {
  test('sum the range and take the latest latency that was measured', () => {
    expect(trafficTotals(metrics)).toEqual({ requests: 4, errors: 1, errorRate: 0.25, tokens: 100, ttftP50Ms: 20 });
  });
  test('have no error rate without requests', () => {
    expect(trafficTotals({ bucketSeconds: 60, items: [] }).errorRate).toBeNull();
  });
});
