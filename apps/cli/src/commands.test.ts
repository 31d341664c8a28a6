import { servingContract } from '@slipway/domain/serving';
import { trainingContract } from '@slipway/domain/training';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakePortal, startFakePortal } from './testing/fake-portal.ts';
import { createRunner } from './testing/run.ts';
import { sampleOutput } from './testing/sample.ts';

let portal: FakePortal;
beforeAll(async () => {
  portal = await startFakePortal();
  portal.answer('GET /teams/vision/versions', {
    items: [version('v1', 1), version('v2', 2), version('v9', 9, 'platform')],
  });
});
afterAll(() => portal.close());
beforeEach(() => {
  portal.calls.length = 0;
});

/** version is a ready version of the model `chat`. */
function version(id: string, number: number, team = 'vision') {
  return {
    id,
    modelId: 'm',
    team,
    model: 'chat',
    version: number,
    label: `${team}/chat:${number}`,
    status: 'ready',
    condition: null,
    digest: null,
    sizeBytes: null,
    transferredBytes: 0,
    totalBytes: null,
    metadata: null,
    licence: null,
    source: { kind: 'path', address: '/x' },
    lineage: null,
    createdBy: 'ada',
    createdAt: '2026-05-01T10:00:00Z',
  };
}

const deployed = {
  template: 'llm-endpoint',
  flavor: 'cpu',
  replicas: 1,
  slotsPerReplica: 1,
  contextTokens: 2_048,
  maxConcurrency: 8,
  visibility: 'team',
};
const launched = {
  name: 'tune',
  template: 'fine-tune-small-lm',
  baseVersionId: 'v2',
  datasetId: 'id',
  outputModel: 'mine',
  flavor: 'cpu',
  slots: 1,
  timeLimitMinutes: 60,
};
const train = 'train tune --base chat --dataset name --output mine';
const days = { from: '2026-05-31', to: '2026-06-30' };

describe('a command line becomes exactly one request of the REST API', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['teams list --search vi', 'GET /teams', { search: 'vi' }],
    ['teams create speech --name Speech', 'POST /teams', { slug: 'speech', name: 'Speech' }],
    ['teams show', 'GET /teams/vision', {}],
    [
      'teams invite bob@example.com --role team_admin',
      'POST /teams/vision/invitations',
      { email: 'bob@example.com', role: 'team_admin' },
    ],
    ['--team speech teams show', 'GET /teams/speech', {}],
    ['quota show', 'GET /teams/vision/quota', {}],
    [
      'quota request --slots 2 --hours 24 --purpose testing',
      'POST /teams/vision/quota/requests',
      { flavor: 'cpu', slots: 2, durationHours: 24, purpose: 'testing' },
    ],
    ['quota list', 'GET /teams/vision/quota/requests', { limit: '50' }],
    ['quota list --all --status pending --limit 5', 'GET /quota/requests', { status: 'pending', limit: '5' }],
    [
      'quota approve q1 --comment fine --slots 3 --hours 4',
      'POST /quota/requests/q1/approve',
      { comment: 'fine', slots: 3, durationHours: 4 },
    ],
    ['quota reject q1 --comment later', 'POST /quota/requests/q1/reject', { comment: 'later' }],
    ['quota cancel q1', 'POST /teams/vision/quota/requests/q1/cancel', {}],
    ['models list', 'GET /teams/vision/models', {}],
    ['models show chat', 'GET /teams/vision/models/chat', {}],
    [
      'models register chat --path /models/a.gguf --licence MIT',
      'POST /teams/vision/models/chat/versions',
      { source: { kind: 'path', path: '/models/a.gguf' }, licence: 'MIT' },
    ],
    [
      'models register chat --s3 s3://bucket/a.gguf --region eu-central-1',
      'POST /teams/vision/models/chat/versions',
      { source: { kind: 's3', uri: 's3://bucket/a.gguf', region: 'eu-central-1' } },
    ],
    [
      'models register chat --hf owner/name --hf-file a.gguf --hf-token t',
      'POST /teams/vision/models/chat/versions',
      { source: { kind: 'huggingface', repository: 'owner/name', file: 'a.gguf', revision: 'main', token: 't' } },
    ],
    ['datasets list', 'GET /teams/vision/datasets', {}],
    [
      'datasets create tales --text Once',
      'POST /teams/vision/datasets',
      { name: 'tales', source: { kind: 'text', text: 'Once' } },
    ],
    [train, 'POST /teams/vision/runs', { ...launched, params: {} }],
    [
      `${train} --epochs 3 --learning-rate 1e-4 --param seed=7 --param note=a=b --slots 2 --time-limit 5`,
      'POST /teams/vision/runs',
      { ...launched, slots: 2, timeLimitMinutes: 5, params: { epochs: 3, learningRate: 0.0001, seed: 7, note: 'a=b' } },
    ],
    [`${train} --dry-run`, 'POST /teams/vision/preflight/run', { ...launched, params: {} }],
    ['runs list --limit 3', 'GET /teams/vision/runs', { limit: '3' }],
    ['runs show name', 'GET /teams/vision/runs/id', {}],
    ['runs cancel name --reason enough', 'POST /teams/vision/runs/id/cancel', { reason: 'enough' }],
    ['deploy bot --model chat', 'POST /teams/vision/endpoints', { ...deployed, name: 'bot', versionId: 'v2' }],
    ['deploy bot --model chat:1', 'POST /teams/vision/endpoints', { ...deployed, name: 'bot', versionId: 'v1' }],
    ['deploy bot --model platform/chat', 'POST /teams/vision/endpoints', { ...deployed, name: 'bot', versionId: 'v9' }],
    [
      'deploy bot --model v1 --replicas 2 --slots 3 --context 512 --concurrency 4 --flavor h200 --visibility organisation',
      'POST /teams/vision/endpoints',
      {
        ...deployed,
        name: 'bot',
        versionId: 'v1',
        replicas: 2,
        slotsPerReplica: 3,
        contextTokens: 512,
        maxConcurrency: 4,
        flavor: 'h200',
        visibility: 'organisation',
      },
    ],
    [
      'deploy bot --model chat --system-message Short.',
      'POST /teams/vision/endpoints',
      { ...deployed, name: 'bot', versionId: 'v2', systemMessage: 'Short.' },
    ],
    ['endpoints list', 'GET /teams/vision/endpoints', {}],
    ['endpoints show bot', 'GET /teams/vision/endpoints/bot', {}],
    ['endpoints scale bot 0', 'POST /teams/vision/endpoints/bot/scale', { replicas: 0 }],
    ['endpoints delete bot --yes', 'DELETE /teams/vision/endpoints/bot', { confirm: 'bot' }],
    ['keys create laptop --days 7', 'POST /teams/vision/keys', { name: 'laptop', expiresInDays: 7 }],
    ['keys list', 'GET /teams/vision/keys', {}],
    ['keys revoke name', 'DELETE /teams/vision/keys/id', {}],
    [
      'rollout start bot --model chat:2 --percent 20',
      'POST /teams/vision/endpoints/bot/rollout',
      { versionId: 'v2', percent: 20, replicas: 1 },
    ],
    ['rollout status bot', 'GET /teams/vision/endpoints/bot/rollout', {}],
    ['rollout set bot 50', 'PATCH /teams/vision/endpoints/bot/rollout', { percent: 50 }],
    ['rollout promote bot --comment good', 'POST /teams/vision/endpoints/bot/rollout/promote', { comment: 'good' }],
    ['rollout rollback bot', 'POST /teams/vision/endpoints/bot/rollout/rollback', {}],
    ['cost', 'GET /costs', { ...days, team: 'vision', groupBy: 'endpoint' }],
    [
      'cost --all --by day --from 2026-06-01 --to 2026-06-02',
      'GET /costs',
      { from: '2026-06-01', to: '2026-06-02', groupBy: 'day' },
    ],
    ['cost --csv --by team', 'GET /costs/export', { ...days, team: 'vision', groupBy: 'team' }],
    ['prices list', 'GET /prices', {}],
    [
      'prices set --kind slot_hour --flavor cpu --amount 0.02',
      'POST /prices',
      { kind: 'slot_hour', flavor: 'cpu', amountMicros: 20_000 },
    ],
    [
      'prices set --kind prompt_tokens --model vision/chat --amount 1.000001 --from 2026-12-01',
      'POST /prices',
      {
        kind: 'prompt_tokens',
        model: 'vision/chat',
        amountMicros: 1_000_001,
        effectiveFrom: '2026-12-01T00:00:00.000Z',
      },
    ],
    ['whoami', 'GET /me', {}],
  ])('slipway %s', async (line, route, input) => {
    const result = await createRunner(portal.url).run(...line.split(' '));
    expect(result).toMatchObject({ code: 0 });
    const last = portal.calls.at(-1);
    expect(`${last?.method} ${last?.path}`).toBe(route);
    const isBody = last?.method !== 'GET' && last?.method !== 'DELETE';
    expect(isBody ? last?.body : last?.query).toEqual(input);
    expect(last?.authorization).toBe('Bearer slpat_test');
    expect(result.out).not.toBe('');
  });

  test.each([
    'teams list',
    'quota list',
    'models list',
    'runs list',
    'endpoints list',
    'keys list',
    'prices list',
    'cost',
  ])('slipway %s --json prints what the API answered', async (line) => {
    const { out } = await createRunner(portal.url).run(...line.split(' '), '--json');
    expect(Array.isArray(JSON.parse(out).items ?? JSON.parse(out).rows)).toBe(true);
  });
});

test('log lines are printed once each and in order, and followed until the run is over', async () => {
  const line = (sequence: number) => ({
    sequence,
    at: '2026-05-01T10:00:00Z',
    stream: 'stdout',
    source: 'run',
    text: `line ${sequence}`,
  });
  const route = 'GET /teams/vision/runs/id/logs';
  portal.answer(route, { items: [line(1), line(2)] }, { items: [] }, { items: [line(5)] }, { items: [] });
  const run = sampleOutput(trainingContract.getRun);
  portal.answer('GET /teams/vision/runs/id', { ...run, status: 'running' }, { ...run, status: 'succeeded' });
  const { out } = await createRunner(portal.url).run('runs', 'logs', 'name', '-f');
  expect(out.match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 5']);
  expect(portal.calls.filter((call) => call.path.endsWith('/logs')).map((call) => call.query.after)).toEqual([
    '0',
    '2',
    '2',
    '5',
  ]);
});

test.each([
  ['ready', 0],
  ['failed', 1],
])('deploy --wait ends with the endpoint: %s is exit code %i', async (status, code) => {
  const endpoint = sampleOutput(servingContract.getEndpoint);
  const condition = { type: 'Ready', reason: 'X', message: 'The file is truncated.', since: '2026-05-01T10:00:00Z' };
  portal.answer(
    'GET /teams/vision/endpoints/bot',
    { ...endpoint, status: 'starting' },
    { ...endpoint, status, condition },
  );
  const result = await createRunner(portal.url).run('deploy', 'bot', '--model', 'chat', '--wait');
  expect(result.code).toBe(code);
  if (code !== 0) expect(result.notes).toContain('The file is truncated.');
});

test('what others wrote cannot move the cursor or change colours', async () => {
  const team = {
    id: 't',
    slug: 'vision',
    name: '\u001b[31mred\u0007',
    role: null,
    memberCount: 1,
    createdAt: '2026-05-01T10:00:00Z',
  };
  portal.answer('GET /teams', { items: [team] });
  const { out } = await createRunner(portal.url).run('teams', 'list');
  expect(out).toContain('[31mred');
  expect(out).not.toContain('\u001b');
});
