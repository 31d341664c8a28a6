import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { MEMBER, openCompany, starterVersion, TEAM } from '../support/company.ts';

const config = readE2eConfig();
const ROOT = join(import.meta.dirname, '../..');
const TINY = join(ROOT, 'packages/engine/tiny-base/slipway-tiny.gguf');
const SAMPLE = join(ROOT, 'packages/engine/tiny-base/sample-dataset.txt');
const ENDPOINT = `term-${Date.now().toString(36)}`;
let home: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  await starterVersion(await openCompany(6));
});
test.afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

function slipway(args: string[], input = ''): Promise<Answer> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(ROOT, 'apps/cli/src/main.ts'), ...args], {
      env: {
        ...config.inherited,
        XDG_CONFIG_HOME: home,
        SLIPWAY_URL: config.portalUrl,
        SLIPWAY_TEAM: TEAM.slug,
        SLIPWAY_GATEWAY_URL: config.gatewayUrl,
        SLIPWAY_TOKEN: undefined,
      },
    });
    const answer: Answer = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (answer.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (answer.stderr += chunk.toString()));
    child.stdin.end(input);
    child.once('close', (code) => done({ ...answer, code }));
  });
}

/** run expects success and gives what was printed. */
async function run(...args: string[]): Promise<string> {
  const answer = await slipway(args);
  expect(answer.code, `slipway ${args.join(' ')}: ${answer.stderr}`).toBe(0);
  return answer.stdout;
}

test('who is not signed in is told so by exit code 3', async () => {
  expect((await slipway(['endpoints', 'list'])).code).toBe(3);
});

test('a member goes from a file to a priced answer in a terminal', async () => {
  test.setTimeout(240_000);
  const login = await slipway(['login', '--email', MEMBER.email, '--password-stdin'], MEMBER.password);
  expect(login.code, login.stderr).toBe(0);
  await run('models', 'register', 'terminal', '--file', TINY, '--wait');
  expect(await run('models', 'show', 'terminal')).toContain('F32');
  await run('deploy', ENDPOINT, '--model', 'terminal', '--context', '512', '--wait');
  expect(
    await run('chat', ENDPOINT, 'What is the capital of France?', '--temperature', '0', '--max-tokens', '24'),
  ).toContain('Paris');
  const endpoint = JSON.parse(await run('--json', 'endpoints', 'show', ENDPOINT));
  expect(endpoint).toMatchObject({ name: ENDPOINT, status: 'ready' });

  await run('datasets', 'create', `${ENDPOINT}-data`, '--file', SAMPLE);
  await run(
    'train',
    `${ENDPOINT}-run`,
    '--base',
    'terminal',
    '--dataset',
    `${ENDPOINT}-data`,
    '--output',
    'terminal',
    '--epochs',
    '1',
    '--wait',
  );
  await run('rollout', 'start', ENDPOINT, '--model', 'terminal', '--percent', '10');
  expect(await run('rollout', 'status', ENDPOINT)).toContain('10');
  await run('rollout', 'rollback', ENDPOINT);

  expect(await run('cost', '--by', 'endpoint')).toContain(ENDPOINT);
  expect((await run('cost', '--by', 'team', '--csv')).split('\n').length).toBeGreaterThan(1);
  await run('endpoints', 'scale', ENDPOINT, '0');
  await run('endpoints', 'delete', ENDPOINT, '--yes');
});

const REFUSED: Record<string, { args: string[]; code: number }> = {
  'a wrong flag': { args: ['deploy', '--nonsense'], code: 2 },
  'what only administrators may': { args: ['quota', 'approve', 'nothing'], code: 4 },
  'an endpoint that is not there': { args: ['endpoints', 'show', 'nowhere'], code: 5 },
  'more than the quota': { args: ['deploy', 'large', '--model', 'terminal', '--slots', '60'], code: 6 },
  'a wrong name': { args: ['deploy', 'Not_A_Slug', '--model', 'terminal'], code: 7 },
};
for (const [name, { args, code }] of Object.entries(REFUSED)) {
  test(`${name} ends with exit code ${code}`, async () => {
    const answer = await slipway(args);
    expect(answer.code, answer.stderr).toBe(code);
    expect(answer.stderr.trim()).not.toBe('');
  });
}
