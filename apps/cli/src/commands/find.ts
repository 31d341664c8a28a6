import { registryContract } from '@slipway/domain/registry';
import { trainingContract } from '@slipway/domain/training';
import { CliError } from '../client/cli-error.ts';
import type { Session } from '../session.ts';

/** findVersion resolves what a person calls a version: an id, `team/model:2`, `model:2`, or a model for its newest. */
export async function findVersion(session: Session, reference: string): Promise<{ id: string; label: string }> {
  const team = session.team();
  const { items } = await session.call(registryContract.listDeployableVersions, { team });
  const own = items.find((version) => version.id === reference);
  if (own !== undefined) return own;
  const [name = '', number] = reference.split(':');
  const candidates = items
    .filter((version) => (name.includes('/') ? `${version.team}/${version.model}` === name : version.model === name))
    .filter((version) => number === undefined || String(version.version) === number)
    // The team's own model comes before one of the same name that another team shares.
    .sort((a, b) => Number(b.team === team) - Number(a.team === team) || b.version - a.version);
  const found = candidates[0];
  if (found !== undefined) return found;
  throw new CliError(
    'not_found',
    `There is no ready version "${reference}" that ${team} can use. \`slipway models list\` shows what there is.`,
  );
}

/** findDataset resolves a data set's name or id. */
export async function findDataset(session: Session, reference: string): Promise<{ id: string; name: string }> {
  const team = session.team();
  const { items } = await session.call(trainingContract.listDatasets, { team });
  const found = items.find((dataset) => dataset.id === reference || dataset.name === reference);
  if (found !== undefined) return found;
  throw new CliError(
    'not_found',
    `${team} has no data set "${reference}". \`slipway datasets list\` shows what there is.`,
  );
}

/** findRunId resolves a run's name or id. */
export async function findRunId(session: Session, reference: string): Promise<string> {
  const team = session.team();
  let cursor: string | undefined;
  do {
    const page = await session.call(trainingContract.listRuns, { team, limit: 200, cursor });
    const found = page.items.find((run) => run.id === reference || run.name === reference);
    if (found !== undefined) return found.id;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  throw new CliError('not_found', `${team} has no run "${reference}". \`slipway runs list\` shows what there is.`);
}
