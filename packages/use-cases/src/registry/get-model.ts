import { findReadableModel, listVersions } from '@slipway/db';
import { notFound, type OutputOf, type ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { requireTeam } from '../shared/team.ts';
import { toModelView, toVersionView } from './version-view.ts';

type Contract = typeof registryContract.getModel;

/** getModel reads a model with its versions, newest first. */
export async function getModel(deps: Deps, _actor: Actor, input: ParsedInputOf<Contract>): Promise<OutputOf<Contract>> {
  const team = await requireTeam(deps.db.prisma, input.team);
  const model = await findReadableModel(deps.db.prisma, team.id, input.model);
  if (model === null) throw notFound(`There is no model ${input.model} that team ${team.slug} can see.`);
  const versions = await listVersions(deps.db.prisma, model.id);
  return { ...toModelView(model, versions[0] ?? null), versions: versions.map(toVersionView) };
}
