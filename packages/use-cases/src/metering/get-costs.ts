import { sumCost, sumLedger } from '@slipway/db';
import {
  CURRENCY,
  costRows,
  costSeries,
  type meteringContract,
  picosToMicros,
  totalPicos,
} from '@slipway/domain/metering';
import type { Verb } from '../shared/verb.ts';
import { readCostScope } from './cost-scope.ts';

/** getCosts adds up the ledger for a span of days, by group and by day, with the total of the span before it. */
export const getCosts: Verb<typeof meteringContract.getCosts> = async (deps, _actor, input) => {
  const { current, previous } = await readCostScope(deps, input);
  const [sums, previousPicos] = await Promise.all([
    sumLedger(deps.db.prisma, current, input.groupBy),
    sumCost(deps.db.prisma, previous),
  ]);
  return {
    currency: CURRENCY,
    from: input.from,
    to: input.to,
    totalMicros: picosToMicros(sums.reduce((total, sum) => total + totalPicos(sum), 0n)),
    previousTotalMicros: picosToMicros(previousPicos),
    rows: costRows(sums, input.groupBy),
    series: costSeries(sums, input.groupBy),
  };
};
