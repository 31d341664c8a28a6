import { listReadyVersions } from '@slipway/db';
import type { OutputOf, ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { requireTeam } from '../shared/team.ts';
import { toVersionView } from './version-view.ts';

type Contract = typeof registryContract.listDeployableVersions;

/** listDeployableVersions reads the ready versions that a team can deploy or train from. */
export async function listDeployableVersions(
  deps: Deps,
  _actor: Actor,
  input: ParsedInputOf<Contract>,
): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  return { items: (await listReadyVersions(deps.db.prisma, team.id)).map(toVersionView) };
}
