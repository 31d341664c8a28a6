import type { ModelRecord, VersionRecord } from '@slipway/db';
import { notFound, type OutputOf } from '@slipway/domain';
import type { registryContract, VersionView } from '@slipway/domain/registry';

/** ModelView is a model as lists show it. */
export type ModelView = OutputOf<typeof registryContract.listModels>['items'][number];

/** toVersionView shows a version. */
export function toVersionView(record: VersionRecord): VersionView {
  const { modelName, teamId: _teamId, teamSlug, expectedDigest: _expected, createdAt, ...rest } = record;
  return { ...rest, team: teamSlug, model: modelName, createdAt: createdAt.toISOString() };
}

/** toModelView shows a model with its newest version. */
export function toModelView(record: ModelRecord, latest: VersionRecord | null): ModelView {
  const { teamId: _teamId, teamSlug, createdAt, updatedAt, ...rest } = record;
  return {
    ...rest,
    team: teamSlug,
    latestVersion: latest === null ? null : toVersionView(latest),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** versionNotFound is the same whether the version does not exist or belongs to a team that did not share it. */
export const versionNotFound = () => notFound('There is no such model version, or it is not shared with this team.');
