import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent } from 'undici';
import { startGateway } from '../src/index.ts';
import { aKey, anEndpoint, aRevision, PRICES } from '../src/testing/test-gateway.ts';

/** ANSWER is about 1 KB of JSON, as a short chat answer is. */
const ANSWER = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'inner-name',
  choices: [{ index: 0, message: { role: 'assistant', content: 'x'.repeat(800) }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 500, completion_tokens: 200, total_tokens: 700 },
});
const CHUNK = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'inner-name', choices: [{ index: 0, delta: { content: ' word' }, finish_reason: null }] })}\n\n`;
/** CHUNKS is how many pieces a streamed answer has, one every CHUNK_MS. */
export const CHUNKS = 64;
const CHUNK_MS = 10;

function startUpstream(): Promise<number> {
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      if (!body.includes('"stream":true')) {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(ANSWER);
        return;
      }
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      let sent = 0;
      const timer = setInterval(() => {
        sent += 1;
        if (sent <= CHUNKS) res.write(CHUNK);
        else {
          clearInterval(timer);
          res.end('data: [DONE]\n\n');
        }
      }, CHUNK_MS);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** startFloor is the least that a proxy can do: node:http in, undici out, nothing read. */
function startFloor(upstream: string): Promise<number> {
  const agent = new Agent({ connections: null, pipelining: 1 });
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      agent.dispatch(
        {
          origin: upstream,
          path: req.url ?? '/',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: Buffer.concat(chunks),
        },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) => {
            res.writeHead(status, { 'content-type': String(headers['content-type']) });
          },
          onResponseData: (_controller, chunk) => void res.write(chunk),
          onResponseEnd: () => void res.end(),
          onResponseError: () => void res.destroy(),
        },
      );
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function startOurs(upstream: string): Promise<number> {
  const gateway = await startGateway({
    port: 0,
    host: '127.0.0.1',
    journalDir: mkdtempSync(path.join(tmpdir(), 'slipway-bench-')),
    now: () => new Date(),
    log: () => undefined,
    loadSnapshot: async () => ({
      keys: [aKey()],
      endpoints: [anEndpoint({ revisions: [aRevision({ addresses: [upstream] })] })],
      prices: PRICES,
    }),
    subscribe: async () => ({ close: async () => undefined }),
    recordUsage: async () => undefined,
  });
  return gateway.port;
}

const [role, upstream = ''] = process.argv.slice(2);
if (process.send !== undefined) {
  const port =
    role === 'upstream'
      ? await startUpstream()
      : role === 'floor'
        ? await startFloor(upstream)
        : await startOurs(upstream);
  process.on('message', () => process.send?.({ cpuMicros: cpuMicros() }));
  process.on('disconnect', () => process.exit(0));
  process.send({ port });
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
