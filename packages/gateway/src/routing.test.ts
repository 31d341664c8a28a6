import { afterEach, describe, expect, test } from 'vitest';
import type { GatewayEndpoint, GatewayRevision } from './snapshot/snapshot.ts';
import {
  answerAny,
  answerWhole,
  type ReplicaRequest,
  type ScriptedReplica,
  startReplica,
} from './testing/scripted-replica.ts';
import { anEndpoint, aRevision, CHAT, startTestGateway, type TestGateway } from './testing/test-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function replicas(count: number, answer: (request: ReplicaRequest) => void | Promise<void> = answerAny) {
  const started = await Promise.all(Array.from({ length: count }, () => startReplica(answer)));
  open.push(...started.map(({ kill }) => ({ close: kill })));
  return started;
}
async function gatewayFor(endpoint: GatewayEndpoint, options = {}): Promise<TestGateway> {
  const gateway = await startTestGateway({ endpoints: [endpoint] }, { graceMs: 500, ...options });
  open.push(gateway);
  return gateway;
}
const call = async (gateway: TestGateway, isStream = false) => {
  const response = await gateway.post('/v1/chat/completions', { ...CHAT, stream: isStream });
  const text = await response.text();
  const isWhole = isStream ? text.includes('[DONE]') && !text.includes('"error"') : text.includes('Paris');
  return { status: response.status, revision: Number(response.headers.get('x-slipway-revision')), isWhole };
};
const canaryOf = (fields: Parameters<typeof aRevision>[0]): GatewayRevision =>
  aRevision({ id: 'rev-2', number: 2, role: 'canary', versionLabel: 'vision/chat:2', ...fields });

/** underLoad keeps 8 callers busy while `act` runs and returns what they saw. */
async function underLoad(gateway: TestGateway, act: () => Promise<void>) {
  const seen: Awaited<ReturnType<typeof call>>[] = [];
  let isOn = true;
  const callers = Array.from({ length: 8 }, async (_, i) => {
    while (isOn) seen.push(await call(gateway, i % 2 === 0));
  });
  await act();
  isOn = false;
  await Promise.all(callers);
  return seen;
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('no request fails', () => {
  test('while weights move through a canary, a promotion and a rollback', async () => {
    const [stable, canary] = (await replicas(2)) as [ScriptedReplica, ScriptedReplica];
    const withWeights = (one: number, two: number) =>
      anEndpoint({
        revisions: [
          aRevision({ addresses: [stable.address], weightPercent: one }),
          canaryOf({ addresses: [canary.address], weightPercent: two }),
        ],
      });
    const gateway = await gatewayFor(withWeights(90, 10));
    const seen = await underLoad(gateway, async () => {
      for (const [one, two] of [
        [50, 50],
        [0, 100],
        [100, 0],
        [90, 10],
      ] as const) {
        await pause(150);
        gateway.change({ endpoints: [withWeights(one, two)] });
      }
      await pause(150);
    });
    expect(seen.length).toBeGreaterThan(50);
    expect(seen.filter((one) => one.status !== 200 || !one.isWhole)).toEqual([]);
  });

  test('when a replica is killed while it works on requests', async () => {
    const slowly = async (request: ReplicaRequest) => {
      await pause(5);
      if (!request.res.destroyed) answerAny(request);
    };
    const [one, two] = (await replicas(2, slowly)) as [ScriptedReplica, ScriptedReplica];
    const gateway = await gatewayFor(anEndpoint({ revisions: [aRevision({ addresses: [one.address, two.address] })] }));
    const seen = await underLoad(gateway, async () => {
      await pause(150);
      await one.kill();
      await pause(300);
      // Only now does the controller notice.
      gateway.change({ endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [two.address] })] })] });
      await pause(150);
    });
    expect(seen.filter((result) => result.status !== 200 || !result.isWhole)).toEqual([]);
  });

  test('when the only replica is killed and its successor comes up elsewhere', async () => {
    const [one, two] = (await replicas(2)) as [ScriptedReplica, ScriptedReplica];
    const gateway = await gatewayFor(anEndpoint({ revisions: [aRevision({ addresses: [one.address] })] }));
    const seen = await underLoad(gateway, async () => {
      await pause(100);
      await one.kill();
      await pause(300);
      gateway.change({ endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [two.address] })] })] });
      await pause(100);
    });
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((result) => result.status !== 200 || !result.isWhole)).toEqual([]);
  });

  test('when the canary has no ready replica: the stable revision serves its share', async () => {
    const [stable] = (await replicas(1)) as [ScriptedReplica];
    const gateway = await gatewayFor(
      anEndpoint({
        revisions: [aRevision({ addresses: [stable.address], weightPercent: 50 }), canaryOf({ weightPercent: 50 })],
      }),
    );
    const seen = await Promise.all(Array.from({ length: 10 }, () => call(gateway)));
    expect(seen.every((one) => one.status === 200 && one.revision === 1)).toBe(true);
    const records = await gateway.settled(10);
    expect(new Set(records.map((record) => record.revisionId))).toEqual(new Set(['rev-1']));
  });
});

test('traffic follows the weights closely, and new weights at once', async () => {
  const [stable, canary] = (await replicas(2)) as [ScriptedReplica, ScriptedReplica];
  const withWeights = (one: number, two: number) =>
    anEndpoint({
      revisions: [
        aRevision({ addresses: [stable.address], weightPercent: one }),
        canaryOf({ addresses: [canary.address], weightPercent: two }),
      ],
    });
  const gateway = await gatewayFor(withWeights(90, 10));
  for (let i = 0; i < 100; i += 1) await call(gateway);
  expect(canary.requests.length).toBeGreaterThanOrEqual(9);
  expect(canary.requests.length).toBeLessThanOrEqual(11);
  gateway.change({ endpoints: [withWeights(0, 100)] });
  const changedAt = performance.now();
  await expect.poll(async () => (await call(gateway)).revision, { interval: 5 }).toBe(2);
  expect(performance.now() - changedAt).toBeLessThan(1_000);
  const before = stable.requests.length;
  for (let i = 0; i < 20; i += 1) await call(gateway);
  expect(stable.requests.length).toBe(before);
});

test('requests go to the replica with the fewest in flight', async () => {
  const held: ReplicaRequest[] = [];
  const [slow, fast] = [await startReplica((request) => void held.push(request)), await startReplica(answerAny)];
  open.push({ close: slow.kill }, { close: fast.kill });
  const gateway = await gatewayFor(anEndpoint({ revisions: [aRevision({ addresses: [slow.address, fast.address] })] }));
  const calls = Array.from({ length: 2 }, () => call(gateway));
  await expect.poll(() => held.length).toBe(1);
  for (let i = 0; i < 10; i += 1) await call(gateway);
  expect(held).toHaveLength(1);
  for (const request of held) answerWhole(request);
  expect((await Promise.all(calls)).every((one) => one.status === 200)).toBe(true);
});

describe('an endpoint without a ready replica', () => {
  test('that is about to have one holds the request until the snapshot says so', async () => {
    const [replica] = (await replicas(1)) as [ScriptedReplica];
    const starting = aRevision({
      replicas: [{ id: 'rev-1-0', status: 'starting', address: null, nextAttemptAt: null }],
    });
    const gateway = await gatewayFor(anEndpoint({ status: 'starting', revisions: [starting] }));
    const answer = call(gateway);
    await pause(100);
    gateway.change({ endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] })] });
    expect((await answer).status).toBe(200);
  });

  test.each([
    {
      name: 'that is scaled to 0 answers at once with how to scale it up',
      revision: aRevision({ desiredReplicas: 0 }),
      message: '',
      code: 'endpoint_paused',
      says: 'scaled to 0',
      retryAfter: null,
    },
    {
      name: 'that takes too long to start answers with Retry-After',
      revision: aRevision({ replicas: [{ id: 'r', status: 'starting', address: null, nextAttemptAt: null }] }),
      message: 'Loading the model.',
      code: 'no_replica_ready',
      says: 'Loading the model.',
      retryAfter: '5',
    },
    {
      name: 'whose replicas cannot start says why',
      revision: aRevision({
        replicas: [{ id: 'r', status: 'failed', address: null, nextAttemptAt: new Date(Date.now() + 300_000) }],
      }),
      message: 'The file is truncated.',
      code: 'no_replica_ready',
      says: 'The file is truncated.',
      retryAfter: '5',
    },
  ])('$name', async ({ revision, message, code, says, retryAfter }) => {
    const gateway = await gatewayFor(anEndpoint({ message, revisions: [revision] }), { holdMs: 100 });
    const response = await gateway.post('/v1/chat/completions', CHAT);
    const body = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, body.error.code, response.headers.get('retry-after')]).toEqual([503, code, retryAfter]);
    expect(body.error.message).toContain(says);
  });
});
