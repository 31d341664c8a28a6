import { unreachable } from './call.ts';
import { CliError, kindOfStatus } from './cli-error.ts';

/** ChatMessage is one turn of a conversation. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** ChatRequest is what is asked of the gateway. */
export interface ChatRequest {
  /** baseUrl is the gateway's OpenAI surface, ending in /v1. */
  baseUrl: string;
  apiKey: string;
  model: string;
  messages: readonly ChatMessage[];
  maxTokens: number | undefined;
  temperature: number | undefined;
}

/** streamChat yields the answer's text as it comes. */
export async function* streamChat(request: ChatRequest): AsyncGenerator<string> {
  const { baseUrl, apiKey, model, messages, maxTokens, temperature } = request;
  let response: Response;
  try {
    response = await fetch(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages, stream: true, max_tokens: maxTokens, temperature }),
    });
  } catch (error) {
    throw unreachable(baseUrl, error);
  }
  if (!response.ok || response.body === null) {
    throw new CliError(kindOfStatus(response.status), messageOf(await response.text()) ?? `HTTP ${response.status}`);
  }
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const failure = messageOf(line.slice('data: '.length));
      if (failure !== null) throw new CliError('unavailable', failure);
      yield contentOf(line.slice('data: '.length));
    }
  }
}

function messageOf(text: string): string | null {
  const body = parse(text);
  const error = body !== null && 'error' in body ? body.error : null;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : null;
}

function contentOf(text: string): string {
  const body = parse(text) as { choices?: { delta?: { content?: unknown } }[] } | null;
  const content = body?.choices?.[0]?.delta?.content;
  return typeof content === 'string' ? content : '';
}

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
