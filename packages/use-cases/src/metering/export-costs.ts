import { sumLedger } from '@slipway/db';
import { costCsv, type meteringContract } from '@slipway/domain/metering';
import type { Verb } from '../shared/verb.ts';
import { readCostScope } from './cost-scope.ts';

/** exportCosts gives the same sums as getCosts as CSV, one line for each day and group, with exact amounts. */
export const exportCosts: Verb<typeof meteringContract.exportCosts> = async (deps, _actor, input) => {
  const { current } = await readCostScope(deps, input);
  const sums = await sumLedger(deps.db.prisma, current, input.groupBy);
  const of = input.team === undefined ? '' : `-${input.team}`;
  const fileName = `slipway-costs${of}-by-${input.groupBy}-${input.from}-to-${input.to}.csv`;
  return { fileName, csv: costCsv(sums, input.groupBy) };
};
