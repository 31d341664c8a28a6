import { randomUUID } from 'node:crypto';
import {
  ensureModel,
  findStarterVersionId,
  insertVersion,
  lockModel,
  renewStarterVersion,
  shareModel,
  withTransaction,
} from '@slipway/db';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';
import { requireTeam } from '../shared/team.ts';

/** StarterVersion is a file on this server that the platform itself brings along. */
export interface StarterVersion {
  team: string;
  model: string;
  description: string;
  licence: string;
  /** path is where the file lies; address is how the version says where it came from. */
  path: string;
  address: string;
  digest: string;
}

/** registerStarterVersion makes the version of a starter model, shared with every team, once per digest; its caller imports it. */
export async function registerStarterVersion(deps: Deps, input: StarterVersion): Promise<{ versionId: string }> {
  const team = await requireTeam(deps.db.prisma, input.team);
  const { description, licence, digest, address } = input;
  const source = { kind: 'path', path: input.path };
  return withTransaction(deps.db, async (tx) => {
    const now = deps.now();
    await lockModel(tx, team.id, input.model);
    const model = await ensureModel(tx, { id: randomUUID(), teamId: team.id, name: input.model, description, now });
    await shareModel(tx, model.id);
    const known = await findStarterVersionId(tx, model.id, digest);
    if (known !== null) {
      await renewStarterVersion(tx, known, source);
      return { versionId: known };
    }
    const version = await insertVersion(tx, {
      id: randomUUID(),
      modelId: model.id,
      sourceKind: 'starter',
      sourceAddress: address,
      sourceSecret: { source, hadSecret: false },
      expectedDigest: digest,
      licence,
      createdBy: 'system',
      now,
    });
    await recordChange(tx, {
      actor: 'system',
      now,
      action: 'registry.registerStarterVersion',
      team,
      targetKind: 'modelVersion',
      targetId: version.id,
      targetName: version.label,
      detail: { address, digest },
    });
    return { versionId: version.id };
  });
}
