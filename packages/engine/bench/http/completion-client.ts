import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';

/** CompletionRequest is one greedy generation that goes on to its last token. */
export interface CompletionRequest {
  prompt: readonly number[] | Int32Array;
  maxTokens: number;
}

/** Completion is what the client saw; times are milliseconds from when it sent the request. */
export interface Completion {
  ttftMs: number;
  totalMs: number;
  /** gapsMs are the times between streamed pieces after the first. */
  gapsMs: number[];
  completionTokens: number;
  /** cachedTokens of the prompt were not computed again, as the server says. */
  cachedTokens: number;
  pieces: Piece[];
}

/** Piece is one streamed event: its text, and its tokens from servers that send them. */
export interface Piece {
  text: string;
  tokens: readonly number[];
}

/** StreamEvent is what a dialect reads out of one server-sent event. */
export interface StreamEvent {
  piece: Piece | null;
  completionTokens?: number;
  cachedTokens?: number;
}

/** Dialect is how one server wants to be asked, and how it answers. */
export interface Dialect {
  path: string;
  body(request: CompletionRequest): object;
  read(event: unknown): StreamEvent;
}

// llama-server closes a connection after a streamed answer without saying so, so every request has its own.
const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
// Nothing here takes so long unless it hangs.
const TIMEOUT_MS = 900_000;

/** complete sends one streamed request and reads it to its end; it throws when the server refuses it. */
export async function complete(port: number, dialect: Dialect, request: CompletionRequest): Promise<Completion> {
  const sentMs = performance.now();
  const response = await post(port, dialect.path, JSON.stringify(dialect.body(request)));
  if (response.statusCode !== 200) {
    throw new Error(`${dialect.path} answered ${response.statusCode}: ${(await readAll(response)).slice(0, 500)}`);
  }
  const completion: Completion = {
    ttftMs: Number.NaN,
    totalMs: 0,
    gapsMs: [],
    completionTokens: 0,
    cachedTokens: 0,
    pieces: [],
  };
  let lastMs = Number.NaN;
  for await (const data of serverSentEvents(response)) {
    const event = dialect.read(JSON.parse(data));
    completion.completionTokens = event.completionTokens ?? completion.completionTokens;
    completion.cachedTokens = event.cachedTokens ?? completion.cachedTokens;
    if (event.piece === null) continue;
    const nowMs = performance.now();
    if (completion.pieces.length === 0) completion.ttftMs = nowMs - sentMs;
    else completion.gapsMs.push(nowMs - lastMs);
    lastMs = nowMs;
    completion.pieces.push(event.piece);
  }
  completion.totalMs = performance.now() - sentMs;
  return completion;
}

function post(port: number, path: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, resolve);
    sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`No answer from port ${port} in ${TIMEOUT_MS} ms`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

async function* serverSentEvents(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const text of response.setEncoding('utf8')) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ') && line !== 'data: [DONE]') yield line.slice(6);
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  let all = '';
  for await (const text of response.setEncoding('utf8')) all += text;
  return all;
}
