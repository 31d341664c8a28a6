import { listStarterModels } from '@slipway/db';
import type { OutputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';

/** getStarter reads how far the starter models of the first run are. */
export async function getStarter(
  deps: Deps,
  _actor: Actor,
  _input: object,
): Promise<OutputOf<typeof registryContract.getStarter>> {
  return { items: await listStarterModels(deps.db.prisma) };
}
