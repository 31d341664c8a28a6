import type { OutputOf } from '@slipway/domain/kernel';
import type { servingContract } from '@slipway/domain/serving';

type Endpoint = OutputOf<typeof servingContract.listEndpoints>['items'][number];

/** talkative leaves out the endpoints whose model gives embeddings: they answer no chat. */
export const talkative = (endpoints: readonly Endpoint[]) =>
  endpoints.filter((endpoint) => endpoint.stable?.task !== 'embedding');

/** chooseEndpoint answers the endpoint that the address names (`name` or `team/name`), else the first that can answer, own team's first. */
export function chooseEndpoint(
  endpoints: readonly Endpoint[],
  { team, wanted }: { team: string; wanted: string | null },
): Endpoint | null {
  const named = wanted?.includes('/') ? wanted : `${team}/${wanted ?? ''}`;
  const found = endpoints.find((endpoint) => `${endpoint.team}/${endpoint.name}` === named);
  if (found !== undefined) return found;
  const own = [...endpoints].sort((a, b) => Number(b.team === team) - Number(a.team === team));
  return own.find((endpoint) => endpoint.readyReplicas > 0) ?? own[0] ?? null;
}

/** endpointOptions lists the endpoints for a select, another team's with its name. */
export function endpointOptions(endpoints: readonly Endpoint[], team: string) {
  return endpoints.map((endpoint) => ({
    value: `${endpoint.team}/${endpoint.name}`,
    label: `${endpoint.team === team ? endpoint.name : `${endpoint.team}/${endpoint.name}`}${
      endpoint.readyReplicas > 0 ? '' : ` (${endpoint.status})`
    }`,
  }));
}
