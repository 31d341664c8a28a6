import { listApiKeyRecords } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toKeyView } from './views.ts';

/** listApiKeys lists a team's API keys without their secrets. */
export const listApiKeys: Verb<typeof accessContract.listApiKeys> = async (deps, _actor, input) => {
  const team = await requireTeam(deps.db.prisma, input.team);
  const keys = await listApiKeyRecords(deps.db.prisma, team.id);
  return { items: keys.map((key) => toKeyView(key, deps.now())) };
};
