import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalArtifactStore, type Database, listStarterModels } from '@slipway/db';
import { openMigratedDatabase } from '@slipway/db/testing';
import { seedFirstRun } from '@slipway/use-cases/access';
import { registerCluster } from '@slipway/use-cases/catalog';
import type { Deps } from '@slipway/use-cases/deps';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runStarter, type StarterOptions } from './run-starter.ts';
import { makePython, starterFile, startHub, type TestHub } from './testing/starter-sources.ts';

const TINY_PATH = fileURLToPath(new URL('../../../../../packages/engine/tiny-base/slipway-tiny.gguf', import.meta.url));
let db: Database;
let dir: string;
let deps: Deps;
let hub: TestHub | undefined;

beforeEach(async () => {
  db = await openMigratedDatabase();
  dir = mkdtempSync(join(tmpdir(), 'slipway-starter-'));
  const artifacts = createLocalArtifactStore(dir);
  deps = { db, artifacts, dataDir: dir, now: () => new Date(), gatewayUrl: 'http://gateway', allowedModelPaths: [] };
  await seedFirstRun(deps, { adminEmail: 'admin@example.com' });
});
afterEach(async () => {
  hub?.close();
  hub = undefined;
  await db.close();
  rmSync(dir, { recursive: true, force: true });
});

const seeCluster = () =>
  registerCluster(deps, {
    name: 'local',
    driver: 'local',
    machine: null,
    flavors: [{ name: 'cpu', kind: 'cpu', model: 'CPU', memoryBytes: 16e9, migProfile: null, totalSlots: 4 }],
  });
function optionsFor(mode: StarterOptions['mode'], change: Partial<StarterOptions> = {}): StarterOptions {
  return {
    deps,
    mode,
    tinyPath: TINY_PATH,
    cacheDir: join(dir, 'cache'),
    environment: { PATH: '/usr/bin:/bin' },
    python: makePython(dir, null),
    signal: new AbortController().signal,
    log: () => undefined,
    retryMs: 10,
    ...change,
  };
}
/** The tiny model stands in for the instruct model: it is a sound GGUF, and here as bytes of its own. */
const instructFile = async () => {
  const bytes = readFileSync(TINY_PATH);
  hub = await startHub(bytes);
  return starterFile(bytes, hub.url);
};
const rows = async () => Object.fromEntries((await listStarterModels(db.prisma)).map((row) => [row.name, row]));
const endpoints = () =>
  db.prisma.endpoint.findMany({ where: { deletedAt: null }, include: { revisions: true }, orderBy: { name: 'asc' } });

test('without a network the tiny model is registered for everybody and serves', async () => {
  await seeCluster();
  await runStarter(optionsFor('tiny'));
  expect((await rows())['slipway-tiny']).toMatchObject({ status: 'ready', endpointName: 'tiny' });
  const version = await db.prisma.modelVersion.findFirstOrThrow({ include: { model: true } });
  expect(version).toMatchObject({ status: 'ready', sourceKind: 'starter', licence: 'Apache-2.0' });
  expect(version.model).toMatchObject({ name: 'slipway-tiny', visibility: 'organisation' });
  const [endpoint] = await endpoints();
  expect(endpoint).toMatchObject({ name: 'tiny', visibility: 'organisation', createdBy: 'system' });
  expect(endpoint?.revisions).toMatchObject([
    { replicas: 1, slotsPerReplica: 1, maxConcurrency: 8, systemMessage: null },
  ]);
});

test('the instruct model is fetched, registered and deployed; the tiny one is there to train', async () => {
  await seeCluster();
  await runStarter(optionsFor('full', { file: await instructFile() }));
  const found = await rows();
  expect(found['slipway-tiny']).toMatchObject({ status: 'ready', endpointName: null });
  expect(found['smollm2-135m-instruct']).toMatchObject({ status: 'ready', endpointName: 'smollm2' });
  expect(found['smollm2-135m-instruct']?.transferredBytes).toBe(readFileSync(TINY_PATH).length);
  const served = await endpoints();
  expect(served.map((endpoint) => endpoint.name)).toEqual(['smollm2']);
  expect(served[0]?.revisions).toMatchObject([{ systemMessage: 'You are a helpful assistant.' }]);
});

test('no source: the row says what to do, and the tiny model serves instead; a later start catches up', async () => {
  await seeCluster();
  const file = { ...(await instructFile()) };
  const unreachable = { ...file, hub: { ...file.hub, hubUrl: 'http://127.0.0.1:1' } };
  await runStarter(optionsFor('full', { file: unreachable }));
  const failed = (await rows())['smollm2-135m-instruct'];
  expect(failed?.status).toBe('failed');
  expect(failed?.message).toMatch(/No source could be reached.*Put model.gguf .* into .*cache and restart/);
  expect((await endpoints()).map((endpoint) => endpoint.name)).toEqual(['tiny']);
  await runStarter(optionsFor('full', { file }));
  expect((await rows())['smollm2-135m-instruct']).toMatchObject({ status: 'ready' });
  expect((await endpoints()).map((endpoint) => endpoint.name)).toEqual(['smollm2', 'tiny']);
});

test('what was done is not done again, and what users deleted stays deleted', async () => {
  await seeCluster();
  const options = optionsFor('full', { file: await instructFile() });
  await runStarter(options);
  await runStarter(options);
  expect(await db.prisma.modelVersion.count()).toBe(2);
  expect(await endpoints()).toHaveLength(1);
  await db.prisma.endpoint.deleteMany();
  await db.prisma.modelVersion.deleteMany();
  await runStarter(options);
  expect([await db.prisma.modelVersion.count(), (await endpoints()).length]).toEqual([0, 0]);
});

test('a start that was cut off goes on where it was', async () => {
  await seeCluster();
  const options = optionsFor('full', { file: await instructFile() });
  await runStarter(options);
  await db.prisma.endpoint.deleteMany();
  await db.prisma.modelVersion.updateMany({ data: { status: 'starting', digest: null } });
  await db.prisma.starterModel.updateMany({ data: { status: 'starting', versionId: null } });
  await runStarter(options);
  expect(await db.prisma.modelVersion.count({ where: { status: 'ready' } })).toBe(2);
  expect((await endpoints()).map((endpoint) => endpoint.name)).toEqual(['smollm2']);
});

test('it waits for a cluster that is only just being described, and says so', async () => {
  const running = runStarter(optionsFor('tiny'));
  await expect
    .poll(async () => (await rows())['slipway-tiny']?.message ?? '', { timeout: 10_000 })
    .toMatch(/^Waiting to deploy: /);
  await seeCluster();
  await running;
  expect((await rows())['slipway-tiny']).toMatchObject({ status: 'ready', endpointName: 'tiny' });
});

test('off does nothing', async () => {
  await runStarter(optionsFor('off'));
  expect(await listStarterModels(db.prisma)).toEqual([]);
});
