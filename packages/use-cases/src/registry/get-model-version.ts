import { findReadableVersion, listDerivedVersions, listServingEndpoints } from '@slipway/db';
import type { OutputOf, ParsedInputOf } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { registryContract } from '@slipway/domain/registry';
import type { Deps } from '../deps.ts';
import { requireTeam } from '../shared/team.ts';
import { toVersionView, versionNotFound } from './version-view.ts';

type Contract = typeof registryContract.getModelVersion;

/** getModelVersion reads one version with what it came from and what came of it. */
export async function getModelVersion(
  deps: Deps,
  _actor: Actor,
  input: ParsedInputOf<Contract>,
): Promise<OutputOf<Contract>> {
  const { prisma } = deps.db;
  const team = await requireTeam(prisma, input.team);
  const version = await findReadableVersion(prisma, team.id, input.versionId);
  if (version === null) throw versionNotFound();
  const [usedByEndpoints, derivedVersions] = await Promise.all([
    listServingEndpoints(prisma, team.id, version.id),
    listDerivedVersions(prisma, team.id, version.id),
  ]);
  return { ...toVersionView(version), usedByEndpoints, derivedVersions };
}
