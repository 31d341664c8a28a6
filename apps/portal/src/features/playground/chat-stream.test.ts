import { describe, expect, test } from 'vitest';
import { type ChatEvent, describeChatFailure, readChatStream } from './chat-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function read(pieces: Uint8Array[], staysOpen = false): Promise<{ events: ChatEvent[]; isCancelled: boolean }> {
  let isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
    },
    pull(controller) {
      if (!staysOpen) controller.close();
    },
    cancel() {
      isCancelled = true;
    },
  });
  const events: ChatEvent[] = [];
  for await (const event of readChatStream(stream)) events.push(event);
  return { events, isCancelled };
}

const delta = (text: string) => `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;
const whole = `${delta('Pa')}${delta('ris')}data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\ndata: [DONE]\n\n`;
const expected: ChatEvent[] = [
  { kind: 'text', text: 'Pa' },
  { kind: 'text', text: 'ris' },
  { kind: 'finish', reason: 'stop' },
  { kind: 'usage', promptTokens: 9, completionTokens: 2 },
];

describe('a streamed answer is read however the network cuts it', () => {
  test('in one piece', async () => {
    expect((await read([bytes(whole)])).events).toEqual(expected);
  });
  test('byte by byte', async () => {
    expect((await read([...bytes(whole)].map((byte) => Uint8Array.of(byte)))).events).toEqual(expected);
  });
  test('a letter of several bytes cut in two', async () => {
    const all = bytes(delta('é'));
    const cut = all.indexOf(0xc3) + 1;
    expect((await read([all.slice(0, cut), all.slice(cut)])).events).toEqual([{ kind: 'text', text: 'é' }]);
  });
  test('with carriage returns and comments between events', async () => {
    const text = `: ping\r\n\r\n${delta('a').replaceAll('\n', '\r\n')}data: not json\r\n\r\n`;
    expect((await read([bytes(text)])).events).toEqual([{ kind: 'text', text: 'a' }]);
  });
  test('an error inside the stream is told', async () => {
    expect((await read([bytes('data: {"error":{"message":"The replica went away."}}\n\n')])).events).toEqual([
      { kind: 'error', message: 'The replica went away.' },
    ]);
  });
  test('nothing after [DONE] is read and the connection is closed', async () => {
    const stream = await read([bytes(`${whole}${delta('late')}`)], true);
    expect(stream.events).toEqual(expected);
    expect(stream.isCancelled).toBe(true);
  });
});

describe('a refusal is told in words', () => {
  test.each([
    ['the gateway says why', 429, '{"error":{"message":"The queue is full."}}', 'The queue is full.'],
    ['no replica', 503, '', /No replica/],
    ['not JSON', 502, '<html>', /answered 502/],
  ])('%s', (_name, status, body, words) => {
    expect(describeChatFailure(status, body)).toMatch(words);
  });
});
