import type { Tokenizer } from '../runner/port.ts';
import type { TokenLogprob, TokenLogprobs } from '../sampling/logprobs.ts';

/** toChatLogprobs writes log probabilities as the chat API does. */
export function toChatLogprobs(tokenizer: Tokenizer, logprobs: readonly TokenLogprobs[]) {
  return {
    content: logprobs.map((entry) => ({
      ...describe(tokenizer, entry),
      top_logprobs: entry.top.map((other) => describe(tokenizer, other)),
    })),
    refusal: null,
  };
}

/** toCompletionLogprobs writes log probabilities as the completions API does; offsets count from `textOffset`. */
export function toCompletionLogprobs(tokenizer: Tokenizer, logprobs: readonly TokenLogprobs[], textOffset: number) {
  const texts = logprobs.map((entry) => textOf(tokenizer, entry.token));
  let offset = textOffset;
  return {
    tokens: texts,
    token_logprobs: logprobs.map((entry) => finite(entry.logprob)),
    top_logprobs: logprobs.map((entry) =>
      Object.fromEntries(entry.top.map((other) => [textOf(tokenizer, other.token), finite(other.logprob)])),
    ),
    text_offset: texts.map((text) => {
      const at = offset;
      offset += text.length;
      return at;
    }),
  };
}

function describe(tokenizer: Tokenizer, { token, logprob }: TokenLogprob) {
  const bytes = tokenizer.tokenBytes(token, true);
  return { token: Buffer.from(bytes).toString('utf8'), logprob: finite(logprob), bytes: [...bytes] };
}

function textOf(tokenizer: Tokenizer, token: number): string {
  return Buffer.from(tokenizer.tokenBytes(token, true)).toString('utf8');
}

// JSON has no infinity; OpenAI writes this number for tokens that cannot happen.
function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}
