import { afterEach, expect, test } from 'vitest';
import { answerAny, chunkOf, startReplica, startStream } from './testing/scripted-replica.ts';
import { aKey, anEndpoint, aRevision, CHAT, startTestGateway } from './testing/test-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

async function serve() {
  const replica = await startReplica(answerAny);
  const gateway = await startTestGateway({
    endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] })],
  });
  open.push(gateway, { close: replica.kill });
  return gateway;
}

test('a key made a moment ago works at once, though no event has told of it yet', async () => {
  const gateway = await serve();
  gateway.changeSilently({ keys: [aKey({ secret: 'slp_new' })] });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => gateway.post('/v1/chat/completions', CHAT, { authorization: 'Bearer slp_new' })),
  );
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
});

test('so does a new endpoint', async () => {
  const gateway = await serve();
  const [endpoint] = gateway.snapshot().endpoints;
  if (endpoint === undefined) throw new Error('there is no endpoint');
  gateway.changeSilently({ endpoints: [{ ...endpoint, name: 'fresh' }] });
  expect((await gateway.post('/v1/chat/completions', { ...CHAT, model: 'fresh' })).status).toBe(200);
});

test('wrong keys and names make the gateway look once, not every time', async () => {
  const gateway = await serve();
  const before = gateway.loads();
  for (let i = 0; i < 20; i += 1) {
    await gateway.post('/v1/chat/completions', CHAT, { authorization: 'Bearer slp_wrong' });
    await gateway.post('/v1/chat/completions', { ...CHAT, model: 'wrong' });
  }
  expect(gateway.loads() - before).toBeLessThanOrEqual(3);
});

test('a revoked key stops working within 100 ms of the event', async () => {
  const gateway = await serve();
  expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(200);
  gateway.change({ keys: [aKey({ revokedAt: new Date() })] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(401);
});

test('a revoked key stops working within a second while no events arrive', async () => {
  const gateway = await serve();
  gateway.listener().onLost();
  await new Promise((resolve) => setTimeout(resolve, 100));
  // The change is made, but nobody tells the gateway.
  const { onEvent } = gateway.listener();
  gateway.listener().onEvent = () => undefined;
  gateway.change({ keys: [aKey({ revokedAt: new Date() })] });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(401);
  gateway.listener().onEvent = onEvent;
});

test('closing cuts what takes too long, and its usage is in the ledger nevertheless', async () => {
  const replica = await startReplica((request) => {
    startStream(request).write(chunkOf('one'));
  });
  const endpoint = anEndpoint({ revisions: [aRevision({ addresses: [replica.address] })] });
  const gateway = await startTestGateway({ endpoints: [endpoint] }, { graceMs: 100 });
  const response = await gateway.post('/v1/chat/completions', { ...CHAT, stream: true });
  const reading = response.text().catch(() => 'cut');
  await gateway.close();
  expect(await reading).toBe('cut');
  expect([...gateway.ledger.values()]).toMatchObject([{ status: 'cancelled', completionTokens: 1 }]);
  await replica.kill();
});

test('with the database away, requests are served as before and their usage arrives when it is back', async () => {
  const gateway = await serve();
  gateway.setDatabaseUp(false);
  gateway.setLedgerUp(false);
  gateway.listener().onLost();
  for (let i = 0; i < 5; i += 1) expect((await gateway.post('/v1/chat/completions', CHAT)).status).toBe(200);
  expect(gateway.ledger.size).toBe(0);
  gateway.setLedgerUp(true);
  gateway.setDatabaseUp(true);
  gateway.listener().onReconnect();
  expect(await gateway.settled(5)).toHaveLength(5);
});
