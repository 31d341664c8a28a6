import { listReadableModels } from '@slipway/db';
import type { OutputOf, ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { requireTeam } from '../shared/team.ts';
import { toModelView } from './version-view.ts';

type Contract = typeof registryContract.listModels;

/** listModels reads a team's models and those shared with everybody. */
export async function listModels(
  deps: Deps,
  _actor: Actor,
  input: ParsedInputOf<Contract>,
): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  const models = await listReadableModels(deps.db.prisma, { teamId: team.id, search: input.search });
  return { items: models.map(({ latest, ...model }) => toModelView(model, latest)) };
}
