import {
  type EndpointRecord,
  findOwnEndpoint,
  findReadableEndpoint,
  lockEndpoints,
  type TeamRecord,
  type Tx,
} from '@slipway/db';
import { requireTeam } from '../shared/team.ts';
import { endpointNotFound } from './endpoint-view.ts';

/** EndpointAddress names an endpoint. */
export interface EndpointAddress {
  team: string;
  endpoint: string;
}

/** requireReadableEndpoint reads an endpoint that the team can see. Throws not found. */
export async function requireReadableEndpoint(tx: Tx, address: EndpointAddress): Promise<EndpointRecord> {
  const team = await requireTeam(tx, address.team);
  const endpoint = await findReadableEndpoint(tx, team.id, address.endpoint);
  if (endpoint === null) throw endpointNotFound(address.endpoint, team.slug);
  return endpoint;
}

/** claimEndpoint reads an endpoint that the team may change, and keeps others from changing it until the transaction ends. Throws not found. */
export async function claimEndpoint(
  tx: Tx,
  address: EndpointAddress,
): Promise<{ team: TeamRecord; endpoint: EndpointRecord }> {
  const team = await requireTeam(tx, address.team);
  await lockEndpoints(tx, team.id);
  const endpoint = await findOwnEndpoint(tx, team.id, address.endpoint);
  if (endpoint === null) throw endpointNotFound(address.endpoint, team.slug);
  return { team, endpoint };
}
