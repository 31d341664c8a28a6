import { afterEach, expect, test } from 'vitest';
import { answerAny, startReplica } from './testing/scripted-replica.ts';
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
