/** ChatEvent is what one event of a streamed answer brings. */
export type ChatEvent =
  | { kind: 'text'; text: string }
  | { kind: 'finish'; reason: string }
  | { kind: 'usage'; promptTokens: number; completionTokens: number }
  | { kind: 'error'; message: string };

/** readChatStream turns the server-sent events of an OpenAI chat answer into events; it ends at `[DONE]` or when the stream ends. */
export async function* readChatStream(body: ReadableStream<Uint8Array>): AsyncGenerator<ChatEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      pending += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = pending.split(/\r\n|\n|\r/);
      pending = done ? '' : (lines.pop() ?? '');
      for (const line of lines) {
        const data = dataOf(line);
        if (data === '[DONE]') return;
        if (data !== null) yield* eventsOf(data);
      }
      if (done) return;
    }
  } finally {
    // Leaving early (stop button) must close the connection, so that the server stops generating.
    await reader.cancel().catch(() => undefined);
  }
}

function dataOf(line: string): string | null {
  if (!line.startsWith('data:')) return null;
  return line.slice('data:'.length).trim();
}

function* eventsOf(data: string): Generator<ChatEvent> {
  const chunk = asRecord(parseJson(data));
  if (chunk === null) return;
  const error = asRecord(chunk.error);
  if (error !== null) {
    yield {
      kind: 'error',
      message: typeof error.message === 'string' ? error.message : 'The answer broke off.',
    };
    return;
  }
  const choice = asRecord(Array.isArray(chunk.choices) ? chunk.choices[0] : null);
  const text = asRecord(choice?.delta)?.content;
  if (typeof text === 'string' && text !== '') yield { kind: 'text', text };
  if (typeof choice?.finish_reason === 'string') yield { kind: 'finish', reason: choice.finish_reason };
  const usage = asRecord(chunk.usage);
  if (usage !== null) {
    yield {
      kind: 'usage',
      promptTokens: asCount(usage.prompt_tokens),
      completionTokens: asCount(usage.completion_tokens),
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A line that is no JSON is a comment of a proxy in between; the answer goes on.
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

const asCount = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : 0);

/** describeChatFailure says in words why the gateway refused, from its status and its OpenAI error body. */
export function describeChatFailure(status: number, body: string): string {
  const error = asRecord(asRecord(parseJson(body))?.error);
  if (typeof error?.message === 'string' && error.message !== '') return error.message;
  switch (status) {
    case 401:
      return 'The session ended. Sign in again; the conversation is kept.';
    case 403:
      return 'You may not use this endpoint. Ask the team that owns it to share it.';
    case 404:
      return 'This endpoint does not exist or is not shared with this team.';
    case 429:
      return 'Too many requests wait already. Try again in a few seconds.';
    case 503:
      return 'No replica of this endpoint is ready. Open the endpoint to see what it waits for.';
    default:
      return `The gateway answered ${status}. Try again; the endpoint's logs say more.`;
  }
}
