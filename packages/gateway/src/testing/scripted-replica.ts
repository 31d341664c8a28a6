import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** ReplicaRequest is what a scripted replica was asked. */
export interface ReplicaRequest {
  path: string;
  body: Record<string, unknown>;
  res: ServerResponse;
  req: IncomingMessage;
}

/** ScriptedReplica is an upstream whose answers a test writes down. */
export interface ScriptedReplica {
  address: string;
  requests: ReplicaRequest[];
  /** aborted counts requests whose connection the gateway closed before the answer was complete. */
  aborted: () => number;
  /** kill closes the port and every connection at once, like a killed process. */
  kill(): Promise<void>;
}

/** startReplica serves `answer` on a free port, or on the given one. */
export async function startReplica(
  answer: (request: ReplicaRequest) => void | Promise<void>,
  port = 0,
): Promise<ScriptedReplica> {
  const requests: ReplicaRequest[] = [];
  let aborted = 0;
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const request = { path: req.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()), req, res };
    requests.push(request);
    res.on('close', () => {
      if (!res.writableFinished) aborted += 1;
    });
    await answer(request);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    aborted: () => aborted,
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** USAGE is what the scripted answers report. */
export const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 3,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 4 },
};

/** answerWhole answers a chat completion at once. */
export function answerWhole({ res }: ReplicaRequest, text = 'Paris'): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(
    JSON.stringify({
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'inner-name',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: USAGE,
    }),
  );
}

/** chunkOf is one streamed chunk with a piece of text. */
export function chunkOf(content: string, extra: Record<string, unknown> = {}): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'inner-name', choices, ...extra })}\n\n`;
}

/** FINISH ends a stream: a finish reason, the usage chunk, [DONE]. */
export const FINISH = [
  chunkOf('', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  chunkOf('', { choices: [], usage: USAGE }),
  'data: [DONE]\n\n',
].join('');

/** startStream writes the head of an event stream. */
export function startStream({ res }: ReplicaRequest): ServerResponse {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  return res;
}

/** answerAny answers a stream or a whole, as asked. */
export function answerAny(request: ReplicaRequest): void {
  if (request.body.stream === true) {
    startStream(request).end(chunkOf('Pa') + chunkOf('r') + chunkOf('is') + FINISH);
  } else answerWhole(request);
}
