import type { Endpoint } from './types.ts';

/** ENDPOINT_STATUSES are the states that an endpoint can be in. */
export const ENDPOINT_STATUSES = ['pending', 'starting', 'ready', 'degraded', 'scaling', 'paused', 'failed'] as const;
/** EndpointStatus is one of them. */
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** filterEndpoints narrows endpoints to those whose name or version has the words, in a status. */
export function filterEndpoints(
  endpoints: readonly Endpoint[],
  { search, status }: { search: string; status: EndpointStatus | null },
): Endpoint[] {
  const words = search.trim().toLowerCase();
  return endpoints.filter((endpoint) => {
    if (status !== null && endpoint.status !== status) return false;
    const text = [endpoint.team, endpoint.name, endpoint.stable?.versionLabel, endpoint.canary?.versionLabel].join(' ');
    return text.toLowerCase().includes(words);
  });
}

/** statusOptions lists the states that occur, with how many endpoints are in each. */
export function statusOptions(endpoints: readonly Endpoint[], chosen: EndpointStatus | null) {
  return ENDPOINT_STATUSES.map((value) => ({
    value,
    label: value,
    count: endpoints.filter((endpoint) => endpoint.status === value).length,
  })).filter((option) => option.count > 0 || option.value === chosen);
}
