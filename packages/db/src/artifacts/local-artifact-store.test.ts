import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactStore } from './artifact-store.ts';
import { createLocalArtifactStore } from './local-artifact-store.ts';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

describe('the local artifact store', () => {
  let dir = '';
  let store: ArtifactStore;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'slipway-artifacts-'));
    store = createLocalArtifactStore(dir);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const parts = () => readdirSync(join(dir, 'artifacts/tmp'));

  it('addresses a file by the digest of its bytes, whatever the chunks were', async () => {
    const stored = await store.put(chunks('ab', '', 'c'));
    expect(stored).toEqual({ digest: digestOf('abc'), sizeBytes: 3 });
    expect(store.path(stored.digest)).toMatch(/artifacts\/sha256\/ba\/ba7816[0-9a-f]{58}$/);
    expect(await readFile(store.path(stored.digest), 'utf8')).toBe('abc');
    expect(parts()).toEqual([]);
  });

  it('keeps the same bytes once, also when two writers finish together', async () => {
    const stored = await Promise.all([
      store.put(chunks('same')),
      store.put(chunks('sa', 'me')),
      store.put(chunks('same')),
    ]);
    expect(new Set(stored.map((s) => s.digest)).size).toBe(1);
    expect(readdirSync(join(dir, 'artifacts/sha256')).length).toBe(1);
  });

  it('keeps nothing when the digest is another', async () => {
    await expect(store.put(chunks('abc'), { expectedDigest: digestOf('abd') })).rejects.toThrow(/expected was sha256/);
    expect(await store.has(digestOf('abc'))).toBe(false);
    expect(parts()).toEqual([]);
  });

  it('keeps nothing of a stream that breaks or is aborted', async () => {
    async function* broken() {
      yield new Uint8Array(10);
      throw new Error('connection reset');
    }
    await expect(store.put(broken())).rejects.toThrow('connection reset');
    const abort = new AbortController();
    async function* endless() {
      for (let i = 0; ; i += 1) {
        if (i === 3) abort.abort(new Error('cancelled'));
        yield new Uint8Array(10);
      }
    }
    await expect(store.put(endless(), { signal: abort.signal })).rejects.toThrow('cancelled');
    expect(parts()).toEqual([]);
    expect(existsSync(join(dir, 'artifacts/sha256'))).toBe(false);
  });

  it('refuses anything that is not a digest, so that no path leads out of it', () => {
    expect(() => store.path('sha256:../../etc/passwd')).toThrow(/no digest/);
  });

  it('removes a file, twice if need be', async () => {
    const { digest } = await store.put(chunks('abc'));
    await store.remove(digest);
    await store.remove(digest);
    expect(await store.has(digest)).toBe(false);
  });

  it('sweeps what dead writers left, and only that', async () => {
    const { digest } = await store.put(chunks('abc'));
    const old = join(dir, 'artifacts/tmp/old.part');
    await writeFile(old, 'x');
    await utimes(old, 0, 0);
    await writeFile(join(dir, 'artifacts/tmp/young.part'), 'x');
    expect(await store.sweep(60_000)).toBe(1);
    expect(parts()).toEqual(['young.part']);
    expect(await store.has(digest)).toBe(true);
  });
});
