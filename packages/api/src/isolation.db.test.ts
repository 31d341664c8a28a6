import { randomUUID } from 'node:crypto';
import { CONTRACT, type ProcedureContract } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import { createApiKey, inviteMember } from '@slipway/use-cases/access';
import { requestQuota } from '@slipway/use-cases/quota';
import { openTestPlatform, type TestPlatform } from '@slipway/use-cases/testing';
import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCaller, createContext } from './index.ts';
import { sampleInput } from './testing/sample-input.ts';

interface Verb {
  key: string;
  contract: ProcedureContract;
}
const VERBS: Verb[] = Object.entries(CONTRACT).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([name, contract]) => ({
    key: `${noun}.${name}`,
    contract: contract as ProcedureContract,
  })),
);
const SIGNED_IN = VERBS.filter(({ contract }) => contract.access !== 'public');
const OF_A_TEAM = SIGNED_IN.filter(({ contract }) => 'team' in contract.input.shape);
const OF_THE_PLATFORM = SIGNED_IN.filter(
  ({ contract }) => !('team' in contract.input.shape) && contract.access !== 'signed_in',
);

let platform: TestPlatform;
let insider: Actor;
let outsider: Actor;
/** foreign holds, for each input field that names a thing, the one of team "secret". */
let foreign: Record<string, unknown>;

beforeAll(async () => {
  platform = await openTestPlatform();
  await platform.createTeam('secret');
  await platform.createTeam('own');
  insider = await platform.createPerson('ida', { teams: { secret: 'team_admin' } });
  outsider = await platform.createPerson('otto', { teams: { own: 'team_admin' } });
  foreign = await createThings();
  // With quota enough, so that it is not the quota that refuses.
  const own = await platform.db.prisma.team.findUniqueOrThrow({ where: { slug: 'own' } });
  const flavor = await platform.db.prisma.flavor.findUniqueOrThrow({ where: { name: 'cpu' } });
  await platform.db.prisma.quotaGrant.create({
    data: { id: randomUUID(), teamId: own.id, flavorId: flavor.id, slots: 50, startsAt: platform.deps.now() },
  });
});
afterAll(() => platform.close());

async function call(verb: Verb, actor: Actor | null, input: Record<string, unknown>): Promise<unknown> {
  const ctx = createContext({ deps: platform.deps, actor, requestId: 'test', logError: () => undefined });
  const [noun = '', name = ''] = verb.key.split('.');
  const caller = createCaller(ctx) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  return caller[noun]?.[name]?.(input);
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `answered ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof TRPCError ? error.code : String(error)),
  );

describe('a team that one is not in does not exist', () => {
  test.each(OF_A_TEAM)('$key', async (verb) => {
    const input = sampleInput(verb.contract, { ...foreign, team: 'secret' });
    expect(verb.contract.input.safeParse(input).error?.message).toBeUndefined();
    expect(await codeOf(call(verb, outsider, input))).toBe('NOT_FOUND');
    const absent = { ...input, team: 'no-such-team' };
    expect(await codeOf(call(verb, outsider, absent))).toBe('NOT_FOUND');
  });
});

describe('a thing of another team is not found under one’s own', () => {
  const naming = OF_A_TEAM.filter(({ contract }) => Object.keys(contract.input.shape).some((field) => field in FIELDS));
  test.each(naming)('$key', async (verb) => {
    const input = sampleInput(verb.contract, { ...foreign, team: 'own' });
    const before = await snapshot();
    const code = await codeOf(call(verb, outsider, input));
    // These answer what is wrong, or make something new, instead of failing; what is foreign must not show either.
    if (ANSWERS_INSTEAD.includes(verb.key)) expect(code).not.toContain('secret/');
    else expect(code).toBe('NOT_FOUND');
    expect(await snapshot()).toEqual(before);
  });
});

describe('a list of one’s own team holds nothing of another', () => {
  const lists = OF_A_TEAM.filter(
    ({ contract }) => contract.kind === 'query' && !Object.keys(contract.input.shape).some((field) => field in FIELDS),
  );
  test.each(lists)('$key', async (verb) => {
    const answer = JSON.stringify(await call(verb, outsider, sampleInput(verb.contract, { team: 'own' })));
    for (const id of Object.values(foreign)) expect(answer).not.toContain(String(id));
    expect(answer).not.toContain('secret');
  });
});

test.each(SIGNED_IN)('$key needs somebody signed in', async (verb) => {
  const input = sampleInput(verb.contract, { ...foreign, team: 'secret' });
  expect(await codeOf(call(verb, null, input))).toBe('UNAUTHORIZED');
});

test.each(OF_THE_PLATFORM)('$key is refused to those without its permission', async (verb) => {
  const open = ['cluster:read', 'template:read'].includes(verb.contract.access);
  const code = await codeOf(call(verb, outsider, sampleInput(verb.contract, foreign)));
  expect(code === 'FORBIDDEN').toBe(!open);
});

test('a person without permission in a team that they may read is told so', async () => {
  const finops = await platform.createPerson('fin', { platform: 'finops' });
  const deploy = VERBS.find(({ key }) => key === 'access.inviteMember');
  if (deploy === undefined) throw new Error('no such verb');
  expect(await codeOf(call(deploy, finops, { team: 'secret', email: 'x@example.com' }))).toBe('FORBIDDEN');
});

const ANSWERS_INSTEAD = [
  'serving.preflightEndpoint',
  'training.preflightTraining',
  'registry.registerModelVersion',
  'metering.listUsage',
];

// Fields of inputs that name a thing of a team.
const FIELDS = {
  invitationId: true,
  userId: true,
  keyId: true,
  requestId: true,
  versionId: true,
  baseVersionId: true,
  datasetId: true,
  runId: true,
  endpoint: true,
  model: true,
} as const;

/** snapshot is how much there is of everything that a verb could add or remove. */
async function snapshot() {
  const { prisma } = platform.db;
  return Promise.all([
    prisma.membership.count(),
    prisma.invitation.count({ where: { cancelledAt: null } }),
    prisma.apiKey.count({ where: { revokedAt: null } }),
    prisma.quotaRequest.count({ where: { status: 'pending' } }),
    prisma.modelVersion.count({ where: { model: { team: { slug: 'secret' } } } }),
    prisma.trainingRun.count({ where: { cancelRequestedAt: null } }),
    prisma.endpoint.count({ where: { deletedAt: null } }),
    prisma.revision.count(),
    prisma.rollout.count(),
  ]);
}

async function createThings(): Promise<Record<string, unknown>> {
  const { deps, db } = platform;
  const team = await db.prisma.team.findUniqueOrThrow({ where: { slug: 'secret' } });
  const flavor = await db.prisma.flavor.findUniqueOrThrow({ where: { name: 'cpu' } });
  const invited = await inviteMember(deps, insider, { team: 'secret', email: 'new@example.com', role: 'team_member' });
  const key = await createApiKey(deps, insider, { team: 'secret', name: 'secret key', expiresInDays: 1 });
  const asked = { team: 'secret', flavor: 'cpu', slots: 1, durationHours: 1, purpose: 'secret purpose' };
  const request = await requestQuota(deps, insider, asked);
  const ids = {
    model: randomUUID(),
    version: randomUUID(),
    dataset: randomUUID(),
    run: randomUUID(),
    endpoint: randomUUID(),
  };
  const createdBy = insider.email;
  const model = { id: ids.model, teamId: team.id, name: 'secret-chat' };
  await db.prisma.model.create({ data: model });
  const source = {
    sourceKind: 'path',
    sourceAddress: '/x',
    status: 'ready',
    digest: `sha256:${'0'.repeat(64)}`,
    sizeBytes: 1n,
  };
  await db.prisma.modelVersion.create({
    data: { id: ids.version, modelId: ids.model, version: 1, createdBy, ...source },
  });
  const dataset = {
    id: ids.dataset,
    teamId: team.id,
    name: 'secret-data',
    format: 'text',
    digest: `sha256:${'1'.repeat(64)}`,
  };
  await db.prisma.dataset.create({
    data: { ...dataset, sizeBytes: 1n, lineCount: 1, preview: ['secret line'], createdBy },
  });
  const template = { template: 'llm-endpoint', templateVersion: '1', flavorId: flavor.id, createdBy };
  const run = {
    id: ids.run,
    teamId: team.id,
    name: 'secret-run',
    params: {},
    baseVersionId: ids.version,
    datasetId: ids.dataset,
  };
  const limits = { outputModel: 'secret-out', slots: 1, timeLimitMinutes: 1 };
  await db.prisma.trainingRun.create({ data: { ...run, ...template, ...limits } });
  await db.prisma.endpoint.create({
    data: { id: ids.endpoint, teamId: team.id, name: 'secret-endpoint', ...template },
  });
  const shape = {
    weightPercent: 100,
    replicas: 1,
    slotsPerReplica: 1,
    contextTokens: 512,
    maxConcurrency: 1,
    createdBy,
  };
  const revision = { id: randomUUID(), endpointId: ids.endpoint, number: 1, role: 'stable', versionId: ids.version };
  await db.prisma.revision.create({ data: { ...revision, ...shape } });
  return {
    invitationId: invited.invitation.id,
    userId: insider.userId,
    keyId: key.key.id,
    requestId: request.id,
    versionId: ids.version,
    baseVersionId: ids.version,
    datasetId: ids.dataset,
    runId: ids.run,
    endpoint: 'secret-endpoint',
    model: 'secret-chat',
    grantId: 'none',
  };
}
