import { dirname } from 'node:path';
import { findVersionById, listStarterModels, type VersionRecord } from '@slipway/db';
import type { Deps } from '@slipway/use-cases/deps';
import { registerStarterVersion } from '@slipway/use-cases/registry';
import { describeError, type Log } from '../../telemetry/log.ts';
import { importModelVersion } from '../import-model/index.ts';
import { deployStarter } from './deploy-starter.ts';
import { type FetchOptions, fetchStarter, type StarterFile } from './fetch-starter.ts';
import { fileDigest } from './file-digest.ts';
import { SMOLLM2, TEAM, TINY } from './starter-models.ts';
import { createStarterRow, type StarterRow } from './starter-row.ts';

/** STARTER_MODES: `tiny` fetches nothing; `off` leaves an empty registry. */
export const STARTER_MODES = ['off', 'tiny', 'full'] as const;

/** StarterOptions are what the starter models come from and go to. */
export interface StarterOptions {
  deps: Deps;
  mode: (typeof STARTER_MODES)[number];
  /** tinyPath is the tiny base model in the repository. */
  tinyPath: string;
  /** cacheDir lies outside the data directory, so that a second installation does not fetch again. */
  cacheDir: string;
  /** environment is what pip sees. */
  environment: Record<string, string>;
  signal: AbortSignal;
  log: Log;
  /** python, file and retryMs are for tests. */
  python?: string;
  file?: StarterFile;
  retryMs?: number;
}

interface StarterModel {
  name: string;
  endpointName: string;
  systemMessage: string | undefined;
  description: string;
  licence: string;
}

/**
 * runStarter registers the starter models and deploys the first endpoint. What is done is not done again: a deleted starter stays deleted.
 * It throws only when the database does not answer or the signal aborts.
 */
export async function runStarter(options: StarterOptions): Promise<void> {
  if (options.mode === 'off') return;
  const { db } = options.deps;
  const onError = (error: unknown) =>
    options.log('warning', 'The progress of a starter model could not be written.', { error: describeError(error) });
  const tiny = createStarterRow(db, TINY.name, onError);
  const tinyVersion = await settleTiny(options, tiny);
  const served = options.mode === 'full' && (await settleSmol(options, createStarterRow(db, SMOLLM2.name, onError)));
  // The next one serves where the instruct model cannot.
  if (!served && tinyVersion !== null) await deploy(options, { model: TINY, version: tinyVersion, row: tiny });
}

/** settleTiny registers the tiny base; null when there is nothing to deploy. */
async function settleTiny(options: StarterOptions, row: StarterRow): Promise<VersionRecord | null> {
  const digest = await fileDigest(options.tinyPath);
  if (digest === null) {
    await row.save({
      status: 'failed',
      message: `The file ${TINY.address} is missing. Restore it from the repository.`,
    });
    return null;
  }
  const known = await knownVersion(options, TINY.name);
  // Once deployed, the endpoint is the users' own: deleting it is not undone.
  const isSame = known.version === null || known.version.digest === digest;
  if (known.isDone && isSame) return known.wasDeployed ? null : known.version;
  return register(options, { model: TINY, row, file: { path: options.tinyPath, address: TINY.address, digest } });
}

/** settleSmol fetches, registers and deploys the instruct model; false when another one must serve instead. */
async function settleSmol(options: StarterOptions, row: StarterRow): Promise<boolean> {
  if ((await knownVersion(options, SMOLLM2.name)).isDone) return true;
  const file: StarterFile = options.file ?? SMOLLM2;
  await row.save({
    status: 'starting',
    message: 'Looking for the model.',
    transferredBytes: 0,
    totalBytes: file.sizeBytes,
  });
  const { cacheDir, environment, signal } = options;
  const fetching: FetchOptions = {
    cacheDir,
    environment,
    signal,
    python: options.python ?? 'python3',
    onProgress: (progress) => row.progress(progress),
  };
  const fetched = await fetchStarter(file, fetching);
  if (fetched.kind === 'unreachable') {
    const remedy = `Put ${file.fileName} (${file.digest}) into ${cacheDir} and restart, or register a model of your own under Models.`;
    await row.save({
      status: 'failed',
      message: `No source could be reached: ${fetched.reasons.join('; ')}. ${remedy}`,
    });
    options.log('warning', 'The starter model could not be fetched.', { reasons: fetched.reasons });
    return false;
  }
  const { path, address } = fetched;
  const version = await register(options, { model: SMOLLM2, row, file: { path, address, digest: file.digest } });
  if (version === null) return false;
  return deploy(options, { model: SMOLLM2, version, row });
}

async function knownVersion(
  { deps }: StarterOptions,
  name: string,
): Promise<{ isDone: boolean; wasDeployed: boolean; version: VersionRecord | null }> {
  const row = (await listStarterModels(deps.db.prisma)).find((starter) => starter.name === name);
  const version = row?.versionId ? await findVersionById(deps.db.prisma, row.versionId) : null;
  return { isDone: row?.status === 'ready', wasDeployed: Boolean(row?.endpointName), version };
}

interface Registration {
  model: StarterModel;
  row: StarterRow;
  file: { path: string; address: string; digest: string };
}

async function register(options: StarterOptions, { model, row, file }: Registration): Promise<VersionRecord | null> {
  const { deps, signal } = options;
  const { name, description, licence } = model;
  await row.save({ status: 'starting', message: 'Registering the model.' });
  const { versionId } = await registerStarterVersion(deps, { team: TEAM, model: name, description, licence, ...file });
  // The file lies where users may not register from; only this import may read it.
  await importModelVersion({ ...deps, allowedModelPaths: [dirname(file.path)] }, versionId, signal);
  const version = await findVersionById(deps.db.prisma, versionId);
  if (version?.status !== 'ready') {
    const message = version?.condition?.message ?? 'The version was deleted while it was imported.';
    await row.save({ status: 'failed', message, versionId });
    return null;
  }
  const sizeBytes = version.sizeBytes ?? 0;
  // With an endpoint still to come, `ready` is said once that is there.
  const isDone = model === TINY;
  await row.save({
    status: isDone ? 'ready' : 'starting',
    message: isDone ? 'Registered.' : 'Deploying the endpoint.',
    versionId,
    transferredBytes: sizeBytes,
    totalBytes: sizeBytes,
  });
  return version;
}

async function deploy(
  options: StarterOptions,
  starter: { model: StarterModel; version: VersionRecord; row: StarterRow },
): Promise<boolean> {
  const { model, version, row } = starter;
  const { deps, signal, retryMs } = options;
  const result = await deployStarter(deps, {
    name: model.endpointName,
    systemMessage: model.systemMessage,
    version,
    signal,
    retryMs,
    onWait: (reason) => row.save({ status: 'starting', message: `Waiting to deploy: ${reason}` }),
  });
  if (result.kind === 'deployed') {
    const message = `Deployed as endpoint ${TEAM}/${model.endpointName}.`;
    await row.save({ status: 'ready', message, endpointName: model.endpointName });
    return true;
  }
  await row.save({ status: 'failed', message: `The endpoint could not be deployed: ${result.reason}` });
  options.log('warning', 'The starter endpoint could not be deployed.', { reason: result.reason });
  return false;
}
