import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalArtifactStore, type Database } from '@slipway/db';
import { openMigratedDatabase } from '@slipway/db/testing';
import type { ModelSource } from '@slipway/domain/registry';
import { buildGguf } from '@slipway/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImportDeps, importModelVersion } from './import-model-version.ts';
import { digestOf, type Fault, type SourceServer, startHub, startS3 } from './test-source-servers.ts';

const NEVER = new AbortController().signal;
const GGUF = buildGguf({ tensors: [{ name: 'token_embd.weight', extents: [64, 4096] }] });

describe('importModelVersion', () => {
  let dir = '';
  let db: Database;
  let deps: ImportDeps;
  let servers: SourceServer[] = [];
  let count = 0;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'slipway-import-'));
    db = await openMigratedDatabase();
    count = 0;
    await db.prisma.team.create({ data: { id: 'team', slug: 'vision', name: 'Vision' } });
    await db.prisma.model.create({ data: { id: 'model', teamId: 'team', name: 'tiny' } });
    deps = {
      db,
      artifacts: createLocalArtifactStore(dir),
      dataDir: dir,
      now: () => new Date(),
      allowedModelPaths: [join(dir, 'models')],
      wait: async () => undefined,
    };
    await mkdir(join(dir, 'models'));
    await mkdir(join(dir, 'uploads'));
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
    await db.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function register(source: ModelSource, more: { expectedDigest?: string } = {}): Promise<string> {
    count += 1;
    const id = `version-${count}`;
    await db.prisma.modelVersion.create({
      data: {
        id,
        modelId: 'model',
        version: count,
        sourceKind: source.kind,
        sourceAddress: 'somewhere',
        sourceSecret: { source },
        createdBy: 'ada@example.com',
        ...more,
      },
    });
    return id;
  }
  const read = (id: string) => db.prisma.modelVersion.findUniqueOrThrow({ where: { id } });
  async function upload(bytes: Uint8Array): Promise<ModelSource> {
    await writeFile(join(dir, 'uploads/upload-1'), bytes);
    return { kind: 'upload', uploadId: 'upload-1' };
  }
  async function hub(fault: Fault = {}, token?: string): Promise<ModelSource> {
    const server = await startHub(GGUF, fault);
    servers.push(server);
    deps.hubUrl = server.url;
    return {
      kind: 'huggingface',
      repository: 'owner/name',
      file: 'gguf/tiny.gguf',
      revision: 'main',
      ...(token ? { token } : {}),
    };
  }
  async function s3(fault: Fault = {}): Promise<Extract<ModelSource, { kind: 's3' }>> {
    const server = await startS3(GGUF, fault);
    servers.push(server);
    return { kind: 's3', uri: 's3://bucket/models/tiny.gguf', endpoint: server.url };
  }
  const leftovers = () => (existsSync(join(dir, 'artifacts/tmp')) ? readdirSync(join(dir, 'artifacts/tmp')) : []);

  async function expectReady(id: string): Promise<void> {
    const version = await read(id);
    expect(version.condition).toMatchObject({ reason: 'Imported' });
    expect(version).toMatchObject({
      status: 'ready',
      digest: digestOf(GGUF),
      sizeBytes: BigInt(GGUF.length),
      transferredBytes: BigInt(GGUF.length),
      licence: 'apache-2.0',
      sourceSecret: null,
    });
    expect(version.metadata).toMatchObject({ architecture: 'llama', parameterCount: 64 * 4096 });
    expect(digestOf(await readFile(deps.artifacts.path(digestOf(GGUF))))).toBe(digestOf(GGUF));
    expect(leftovers()).toEqual([]);
  }
  async function expectFailed(id: string, message: RegExp): Promise<void> {
    const version = await read(id);
    expect(version.status).toBe('failed');
    expect(JSON.stringify(version.condition)).toMatch(message);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(dir, 'artifacts/sha256'))).toBe(false);
  }

  it('copies an upload, says what it is, and lets go of the uploaded file', async () => {
    const id = await register(await upload(GGUF));
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    expect(existsSync(join(dir, 'uploads/upload-1'))).toBe(false);
    const audit = await db.prisma.auditEntry.findMany();
    expect(audit).toMatchObject([
      { action: 'registry.importModelVersion', targetName: 'vision/tiny:1', actor: 'system' },
    ]);
  });

  it('changes nothing when it runs again', async () => {
    const id = await register(await upload(GGUF));
    await importModelVersion(deps, id, NEVER);
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    expect(await db.prisma.auditEntry.count()).toBe(1);
  });

  it('does not make a second version of the same bytes, and says which one they are', async () => {
    const first = await register(await upload(GGUF));
    await importModelVersion(deps, first, NEVER);
    const second = await register(await upload(GGUF));
    await importModelVersion(deps, second, NEVER);
    expect(await read(second)).toMatchObject({
      status: 'cancelled',
      digest: null,
      condition: { reason: 'SameBytes', message: 'These bytes are vision/tiny:1 already; use that version.' },
    });
    await expectReady(first);
  });

  const bad: [string, () => Uint8Array, RegExp][] = [
    ['a zip', () => Uint8Array.of(0x50, 0x4b, 3, 4, 9, 9), /compressed file \(zip\): unpack it first/],
    ['a gzip', () => Uint8Array.of(0x1f, 0x8b, 8, 0, 9, 9), /compressed file \(gzip\): unpack it first/],
    ['a text', () => Buffer.from('hello there'), /not a GGUF file/],
    ['a truncated file', () => GGUF.subarray(0, -100), /truncated: its header declares \d+ bytes, it has \d+/],
    ['a file with something appended', () => Buffer.concat([GGUF, Buffer.alloc(500)]), /something else is appended/],
    ['an empty file', () => new Uint8Array(), /truncated or its header lies/],
    ['a lying header', () => buildGguf({ tensorCount: 2n ** 50n }), /number of tensors is/],
  ];
  it.each(bad)('refuses %s with the reason and keeps nothing of it', async (_name, bytes, message) => {
    const id = await register(await upload(bytes()));
    await importModelVersion(deps, id, NEVER);
    await expectFailed(id, message);
    expect(existsSync(join(dir, 'uploads/upload-1'))).toBe(false);
  });

  it('refuses other bytes than those announced', async () => {
    const id = await register(await upload(GGUF), { expectedDigest: `sha256:${'0'.repeat(64)}` });
    await importModelVersion(deps, id, NEVER);
    await expectFailed(id, /expected was sha256:0000/);
  });

  it('refuses a file larger than the installation takes', async () => {
    const id = await register(await upload(GGUF));
    await importModelVersion({ ...deps, maxModelBytes: 1_000 }, id, NEVER);
    await expectFailed(id, /at most 1000 are taken/);
  });

  it('reads a path inside an allowed directory only, links followed', async () => {
    writeFileSync(join(dir, 'models/tiny.gguf'), GGUF);
    const good = await register({ kind: 'path', path: join(dir, 'models/tiny.gguf') });
    await importModelVersion(deps, good, NEVER);
    await expectReady(good);
    writeFileSync(join(dir, 'secret.gguf'), GGUF);
    symlinkSync(join(dir, 'secret.gguf'), join(dir, 'models/link.gguf'));
    for (const path of ['models/link.gguf', 'models/../secret.gguf', 'models/absent.gguf', 'models']) {
      const id = await register({ kind: 'path', path: join(dir, path) });
      await importModelVersion(deps, id, NEVER);
      expect(await read(id), path).toMatchObject({ status: 'failed', condition: { reason: 'SourceMissing' } });
    }
  });

  it('downloads from a hub through its redirect and shows the token to the hub alone', async () => {
    const id = await register(await hub({}, 'hf_secret'));
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    expect(servers[0]?.requests).toEqual([
      {
        host: 'hub',
        url: '/owner/name/resolve/main/gguf/tiny.gguf',
        range: undefined,
        authorization: 'Bearer hf_secret',
      },
      { host: 'storage', url: '/signed?expires=1', range: undefined, authorization: undefined },
    ]);
  });

  it('goes on where a dropped connection left off', async () => {
    const id = await register(await hub({ dropAfter: 200_000, drops: 3 }));
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    const ranges = servers[0]?.requests.filter((r) => r.host === 'storage').map((r) => r.range) ?? [];
    expect(ranges.length).toBe(4);
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
  });

  it('also when the other side cannot begin in the middle', async () => {
    const id = await register(await hub({ dropAfter: 200_000, drops: 2, ignoresRange: true }));
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
  });

  it('gives up on a hub that never delivers', async () => {
    const id = await register(await hub({ dropAfter: 0, drops: 100 }));
    await importModelVersion(deps, id, NEVER);
    await expectFailed(id, /did not answer 5 times in a row after 0 bytes/);
  });

  const refusals: [string, Fault, RegExp][] = [
    ['private', { status: 401 }, /private, gated or does not exist; give a token/],
    ['absent', { status: 404 }, /no file gguf\/tiny.gguf at revision main of owner\/name/],
    ['broken', { status: 503 }, /did not answer 5 times in a row after 0 bytes \(HTTP 503\)/],
    ['damaged', { linkedDigest: `sha256:${'1'.repeat(64)}` }, /expected was sha256:1111/],
  ];
  it.each(refusals)('says why a hub file that is %s cannot be had', async (_name, fault, message) => {
    const id = await register(await hub(fault));
    await importModelVersion(deps, id, NEVER);
    await expectFailed(id, message);
  });

  it('refuses at once a hub file that is another one than expected', async () => {
    const id = await register(await hub(), { expectedDigest: `sha256:${'2'.repeat(64)}` });
    await importModelVersion(deps, id, NEVER);
    await expectFailed(id, /it is another file/);
  });

  it('keeps the place but forgets the secret of a failed import', async () => {
    const id = await register(await hub({ status: 403 }, 'hf_secret'));
    await importModelVersion(deps, id, NEVER);
    const { sourceSecret } = await read(id);
    expect(sourceSecret).toMatchObject({ source: { repository: 'owner/name' }, hadSecret: true });
    expect(JSON.stringify(sourceSecret)).not.toContain('hf_secret');
  });

  it('reads a public object from S3 without signing, and goes on after a drop', async () => {
    const id = await register(await s3({ dropAfter: 300_000, drops: 1 }));
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    const requests = servers[0]?.requests ?? [];
    expect(requests.map((r) => r.authorization)).toEqual([undefined, undefined]);
    expect(requests[1]?.range).toMatch(/^bytes=\d+-$/);
  });

  it('signs with the keys that were given', async () => {
    const source = { ...(await s3()), accessKeyId: 'AKID', secretAccessKey: 'secret', region: 'eu-central-1' };
    const id = await register(source);
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
    expect(servers[0]?.requests[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d+\/eu-central-1\/s3/);
  });

  it('says why an object cannot be had', async () => {
    const absent = await register({ ...(await s3()), uri: 's3://bucket/models/absent.gguf' });
    await importModelVersion(deps, absent, NEVER);
    await expectFailed(absent, /There is no object s3:\/\/bucket\/models\/absent.gguf/);
    const forbidden = await register(await s3({ status: 403 }));
    await importModelVersion(deps, forbidden, NEVER);
    await expectFailed(forbidden, /Give keys that may read it/);
  });

  it('leaves an interrupted import to be run again', async () => {
    const abort = new AbortController();
    const source = await hub({ dropAfter: 100_000, drops: 1 });
    const id = await register(source);
    const interrupted = importModelVersion({ ...deps, wait: async () => abort.abort() }, id, abort.signal);
    await expect(interrupted).rejects.toThrow();
    expect(await read(id)).toMatchObject({ status: 'starting' });
    expect(leftovers()).toEqual([]);
    await importModelVersion(deps, id, NEVER);
    await expectReady(id);
  });

  it('says how far it is while it copies', async () => {
    const seen: { transferredBytes: bigint; totalBytes: bigint | null; status: string }[] = [];
    let millis = Date.parse('2026-03-01T12:00:00Z');
    const now = () => {
      millis += 600;
      return new Date(millis);
    };
    const id = await register(await hub({ dropAfter: 200_000, drops: 2 }));
    await importModelVersion({ ...deps, now, wait: async () => void seen.push(await read(id)) }, id, NEVER);
    expect(seen.map((version) => version.status)).toEqual(['starting', 'starting']);
    expect(seen.every((version) => version.totalBytes === BigInt(GGUF.length))).toBe(true);
    expect(seen[0]?.transferredBytes).toBeGreaterThan(0n);
    expect(seen[1]?.transferredBytes).toBeGreaterThan(seen[0]?.transferredBytes ?? 0n);
    await expectReady(id);
  });

  it('stops, and keeps nothing, when the version is deleted meanwhile', async () => {
    const id = await register(await hub({ dropAfter: 100_000, drops: 1 }));
    const remove = async () => void (await db.prisma.modelVersion.delete({ where: { id } }));
    await importModelVersion({ ...deps, wait: remove }, id, NEVER);
    expect(leftovers()).toEqual([]);
    expect(await deps.artifacts.has(digestOf(GGUF))).toBe(false);
  });

  it('does nothing for a version that is not there or not queued', async () => {
    await importModelVersion(deps, 'absent', NEVER);
    const id = await register(await upload(Buffer.from('text')));
    await importModelVersion(deps, id, NEVER);
    await importModelVersion(deps, id, NEVER);
    expect(await db.prisma.auditEntry.count()).toBe(1);
  });
});
