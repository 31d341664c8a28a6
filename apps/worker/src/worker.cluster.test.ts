import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { enqueue, publish, withTransaction } from '@slipway/db';
import { writeUntrainedBert } from '@slipway/engine/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addEndpoint, addRevision, addRun, addVersion, openWorld, TINY_BASE, type World } from './testing/world.ts';

// The worker as its own process, with real engines and training runs on the project's tiny base.
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const WAIT = { timeout: 30_000, interval: 50 };
let world: World;
let worker: RunningWorker;

interface RunningWorker {
  child: ChildProcess;
  gatewayPort: number;
  workerPort: number;
  exited: Promise<number | null>;
}

beforeEach(async () => {
  world = await openWorld();
  worker = await startWorkerProcess();
});
afterEach(async () => {
  worker.child.kill('SIGKILL');
  await worker.exited;
  await vi.waitFor(() => expect(programsOf(world)).toEqual([]), WAIT);
  await world.close();
});

async function startWorkerProcess(): Promise<RunningWorker> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      DATABASE_URL: world.databaseUrl,
      SLIPWAY_DATA_DIR: world.deps.dataDir,
      SLIPWAY_GATEWAY_PORT: '0',
      SLIPWAY_WORKER_PORT: '0',
      SLIPWAY_STARTER: 'off',
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<{ gatewayPort: number; workerPort: number }>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const line = text.split('\n').find((one) => one.includes('"event":"ready"'));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    void exited.then((code) => reject(new Error(`The worker ended with ${code}: ${text}`)));
  });
  return { child, exited, ...(await ready) };
}

/** Every process of this world's programs, whoever its parent is. */
function programsOf({ deps }: World): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(deps.dataDir, 'cluster'));
      } catch {
        return false;
      }
    })
    .map(Number);
}
const prisma = () => world.deps.db.prisma;
const signal = (kind: 'endpoint' | 'run', id: string) => enqueue(prisma(), { kind, id });

async function deployed(endpoint: { versionId: string; replicas?: number }) {
  const added = await addEndpoint(world, endpoint);
  await signal('endpoint', added.id);
  return added;
}
async function untilEndpoint(id: string, status: string) {
  return vi.waitFor(async () => {
    const endpoint = await prisma().endpoint.findUniqueOrThrow({ where: { id }, include: { replicas: true } });
    expect(endpoint.status, JSON.stringify(endpoint.condition)).toBe(status);
    return endpoint;
  }, WAIT);
}
async function untilRun(id: string, status: string) {
  return vi.waitFor(async () => {
    const run = await prisma().trainingRun.findUniqueOrThrow({ where: { id } });
    expect(run.status, JSON.stringify(run.condition)).toBe(status);
    return run;
  }, WAIT);
}
async function addKey(): Promise<string> {
  const secret = `slp_${randomUUID()}`;
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const { userId: createdByUserId, email: createdByEmail } = world.actor;
  const key = { id: randomUUID(), teamId: world.teamId, name: 'test', prefix: 'slp_', secretHash };
  await prisma().apiKey.create({ data: { ...key, createdByUserId, createdByEmail } });
  await withTransaction(world.deps.db, (tx) => publish(tx, { noun: 'access', id: key.id, teamId: world.teamId }));
  // The gateway knows a new key within a second.
  await vi.waitFor(async () => {
    const headers = { authorization: `Bearer ${secret}` };
    expect((await fetch(`http://127.0.0.1:${worker.gatewayPort}/v1/models`, { headers })).status).toBe(200);
  }, WAIT);
  return secret;
}
async function ask(
  address: string | null | undefined,
  model: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${address}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, max_tokens: 8, temperature: 0, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return { status: response.status, body: await response.json() };
}

describe('an endpoint on real engines', () => {
  it('answers under both its names, comes back after kill -9, and is gone after its deletion', async () => {
    const { id } = await deployed({ versionId: await addVersion(world, { path: TINY_BASE }) });
    const { name, replicas } = await untilEndpoint(id, 'ready');
    for (const model of [name, `vision/${name}`]) {
      expect(await ask(replicas[0]?.address, model)).toMatchObject({
        status: 200,
        body: {
          choices: [{ message: { content: expect.stringMatching(/\w/) } }],
          usage: { completion_tokens: expect.any(Number) },
        },
      });
    }
    const metrics = await (await fetch(`http://127.0.0.1:${worker.workerPort}/metrics`)).text();
    expect(metrics).toContain('slipway_workloads{phase="ready"} 1');
    expect(metrics).toContain('slipway_reconcile_last_success_timestamp_seconds{controller="endpoint"}');

    const [engine = 0] = programsOf(world);
    process.kill(engine, 'SIGKILL');
    await vi.waitFor(async () => {
      const after = await untilEndpoint(id, 'ready');
      expect(after.replicas).toMatchObject([{ restarts: 1, status: 'ready' }]);
    }, WAIT);
    expect(programsOf(world)).not.toContain(engine);

    await prisma().endpoint.update({ where: { id }, data: { deletedAt: new Date() } });
    await signal('endpoint', id);
    const gone = await untilEndpoint(id, 'cancelled');
    expect(gone.replicas).toEqual([]);
    expect(programsOf(world)).toEqual([]);
    const slots = await prisma().slotRecord.findMany({ orderBy: { startAt: 'asc' } });
    expect(slots).toHaveLength(2);
    expect(slots[1]?.startAt.getTime()).toBeGreaterThan(slots[0]?.endAt.getTime() ?? 0);
  });
  it('of a model that gives embeddings answers through the gateway, and what it used is recorded', async () => {
    const path = join(world.deps.dataDir, 'bert.gguf');
    writeUntrainedBert(path, { contextTokens: 512 });
    const { id } = await deployed({ versionId: await addVersion(world, { path }) });
    const { name } = await untilEndpoint(id, 'ready');
    const authorization = `Bearer ${await addKey()}`;
    const gateway = `http://127.0.0.1:${worker.gatewayPort}`;
    const response = await fetch(`${gateway}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ model: name, input: ['abc', 'de'] }),
    });
    expect(await response.json()).toMatchObject({
      model: name,
      data: [
        { index: 0, embedding: expect.any(Array) },
        { index: 1, embedding: expect.any(Array) },
      ],
      usage: { prompt_tokens: 9, total_tokens: 9 },
    });
    expect(await ask(gateway, name, { authorization })).toMatchObject({
      status: 400,
      body: { error: { code: 'unsupported_by_model', message: expect.stringContaining('/v1/embeddings') } },
    });
    await vi.waitFor(async () => {
      const [record] = await prisma().usageRecord.findMany({ where: { endpointId: id, httpStatus: 200 } });
      expect(record).toMatchObject({ status: 'succeeded', promptTokens: 9, completionTokens: 0 });
      expect(record?.costPicos).toBeGreaterThan(0n);
    }, WAIT);
  });
  it('whose model is corrupt says why and is not tried again at once', async () => {
    const { id } = await deployed({ versionId: await addVersion(world, { text: 'GGUF, or so it says' }) });
    const endpoint = await untilEndpoint(id, 'failed');
    expect(endpoint.condition).toMatchObject({ message: expect.stringMatching(/Revision 1: .+ Trying again at/) });
    const [replica] = endpoint.replicas;
    expect(replica?.nextAttemptAt?.getTime()).toBeGreaterThan(replica?.updatedAt.getTime() ?? 0);
    await vi.waitFor(async () => {
      const [again] = await prisma().replica.findMany({ where: { endpointId: id } });
      expect(again?.restarts).toBeGreaterThan(1);
    }, WAIT);
    // 1 s, then 2 s: a hot loop would be at dozens by now.
    expect((await prisma().replica.findFirst({ where: { endpointId: id } }))?.restarts).toBeLessThan(4);
  });
  it('changes to another revision without failing a request', async () => {
    const versionId = await addVersion(world, { path: TINY_BASE });
    const { id, revisionId } = await deployed({ versionId });
    const { name } = await untilEndpoint(id, 'ready');
    const canary = await addRevision(world, id, { number: 2, versionId, role: 'canary' });
    await signal('endpoint', id);
    await vi.waitFor(async () => {
      expect(await prisma().replica.count({ where: { endpointId: id, status: 'ready' } })).toBe(2);
    }, WAIT);

    // Clients talk through the gateway and go on while the first revision is retired.
    const authorization = `Bearer ${await addKey()}`;
    let isOver = false;
    let answered = 0;
    const failed: unknown[] = [];
    const client = async () => {
      while (!isOver) {
        const { status, body } = await ask(`http://127.0.0.1:${worker.gatewayPort}`, name, { authorization });
        if (status === 200) answered += 1;
        else failed.push(body);
      }
    };
    const clients = [client(), client()];
    await prisma().revision.update({ where: { id: revisionId }, data: { role: 'retired' } });
    await prisma().revision.update({ where: { id: canary }, data: { role: 'stable', weightPercent: 100 } });
    await signal('endpoint', id);
    await vi.waitFor(async () => {
      expect(await prisma().replica.findMany({ where: { endpointId: id } })).toMatchObject([
        { id: `${canary}-0`, status: 'ready' },
      ]);
    }, WAIT);
    isOver = true;
    await Promise.all(clients);
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(10);
  });
});

describe('a run on the real trainer', () => {
  it('learns, and its version can be served', async () => {
    const baseVersionId = await addVersion(world, { path: TINY_BASE });
    const id = await addRun(world, { baseVersionId, params: { epochs: 1 }, slots: 2 });
    await signal('run', id);
    const run = await untilRun(id, 'succeeded');
    expect(run.validationLoss).toBeLessThan(run.initialValidationLoss ?? 0);
    expect(await prisma().runMetric.count({ where: { runId: id } })).toBeGreaterThan(5);
    expect(await prisma().logLine.count({ where: { ownerKind: 'run', ownerId: id } })).toBeGreaterThan(5);
    await vi.waitFor(async () => expect(await prisma().slotRecord.count({ where: { runId: id } })).toBe(1), WAIT);

    const { id: endpointId } = await deployed({ versionId: run.outputVersionId ?? '' });
    const { name, replicas } = await untilEndpoint(endpointId, 'ready');
    expect((await ask(replicas[0]?.address, name)).status).toBe(200);
  });
  it('is cancelled within two seconds, in the middle of its training', async () => {
    const baseVersionId = await addVersion(world, { path: TINY_BASE });
    const id = await addRun(world, { baseVersionId, params: { epochs: 20 } });
    await signal('run', id);
    await vi.waitFor(
      async () => expect(await prisma().runMetric.count({ where: { runId: id } })).toBeGreaterThan(1),
      WAIT,
    );
    const cancelledAt = performance.now();
    await prisma().trainingRun.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
    await signal('run', id);
    await untilRun(id, 'cancelled');
    expect(performance.now() - cancelledAt).toBeLessThan(2_000);
    expect(programsOf(world)).toEqual([]);
  });
});

describe('the end of the worker', () => {
  it('by kill -9 leaves no process, and the next worker puts everything right', async () => {
    const versionId = await addVersion(world, { path: TINY_BASE });
    const runId = await addRun(world, { baseVersionId: versionId, params: { epochs: 20 } });
    await signal('run', runId);
    const { id } = await deployed({ versionId });
    await untilEndpoint(id, 'ready');
    await vi.waitFor(async () => expect(await prisma().runMetric.count({ where: { runId } })).toBeGreaterThan(1), WAIT);
    expect(programsOf(world)).toHaveLength(2);

    worker.child.kill('SIGKILL');
    await worker.exited;
    await vi.waitFor(() => expect(programsOf(world)).toEqual([]), WAIT);
    worker = await startWorkerProcess();
    expect(await untilRun(runId, 'failed')).toMatchObject({ condition: { reason: 'Interrupted' } });
    const { name, replicas } = await untilEndpoint(id, 'ready');
    expect((await ask(replicas[0]?.address, name)).status).toBe(200);
  });
  it.each([
    { how: 'SIGTERM', end: (child: ChildProcess) => child.kill('SIGTERM') },
    { how: 'the end of its IPC channel', end: (child: ChildProcess) => child.disconnect() },
  ])('by $how takes its engines along within ten seconds, and meters them to the end', async ({ end }) => {
    const { id } = await deployed({ versionId: await addVersion(world, { path: TINY_BASE }) });
    const endpoint = await untilEndpoint(id, 'ready');
    const startedAt = performance.now();
    end(worker.child);
    expect(await worker.exited).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(programsOf(world)).toEqual([]);
    const slots = await prisma().slotRecord.findMany({ where: { endpointId: id } });
    expect(slots.at(-1)?.endAt.getTime()).toBeGreaterThanOrEqual(endpoint.replicas[0]?.readyAt?.getTime() ?? 0);
  });
});
