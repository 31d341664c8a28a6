import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';

/** RUN_STATUSES are the states that a run can be in. */
export const RUN_STATUSES = ['pending', 'starting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** runFilterParsers read the list's filter from the address, on server and client alike. */
export const runFilterParsers = {
  search: parseAsString.withDefault(''),
  status: parseAsStringLiteral(RUN_STATUSES),
};
/** loadRunFilters reads the filter of a page's address. */
export const loadRunFilters = createLoader(runFilterParsers);

/** runListInput is what the list asks for. */
export function runListInput(team: string, filters: { search: string; status: (typeof RUN_STATUSES)[number] | null }) {
  const search = filters.search.trim();
  return {
    team,
    limit: 50,
    ...(search === '' ? {} : { search }),
    ...(filters.status === null ? {} : { status: filters.status }),
  };
}
