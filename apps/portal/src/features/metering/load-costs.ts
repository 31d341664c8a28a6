import { parseAsStringLiteral } from 'nuqs/server';
import { COST_RANGE_VALUES, daysOf, GROUPING_VALUES } from './cost-range.ts';

/** CostSearch is the costs page's part of the address. */
export interface CostSearch {
  range?: string;
  by?: string;
}

/** costInput is what the costs page asks for, made from the address alike on server and client. */
export function costInput(search: CostSearch, team?: string) {
  const range = parseAsStringLiteral(COST_RANGE_VALUES).withDefault('month').parseServerSide(search.range);
  const groupBy = parseAsStringLiteral(GROUPING_VALUES)
    .withDefault(team === undefined ? 'team' : 'endpoint')
    .parseServerSide(search.by);
  return { ...daysOf(range, Date.now()), groupBy, ...(team === undefined ? {} : { team }) };
}
