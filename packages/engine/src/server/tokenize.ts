import { encodeChat } from './chat-prompt.ts';
import type { Exchange } from './exchange.ts';
import { HttpError } from './http-error.ts';
import { detokenizeRequest, tokenizeRequest } from './request-schemas.ts';
import { asGenerating, type ServedModel } from './served-model.ts';

/** handleTokenize answers POST /tokenize with the tokens of a text, or of messages as a chat would see them. */
export async function handleTokenize(served: ServedModel, exchange: Exchange, body: unknown): Promise<void> {
  const request = tokenizeRequest.parse(body);
  const tokens =
    'prompt' in request
      ? await served.tokenizer.encode(request.prompt, {
          addSpecial: request.add_special_tokens ?? true,
          parseSpecial: true,
        })
      : await encodeChat(asGenerating(served), {
          messages: request.messages,
          tools: null,
          addGenerationPrompt: request.add_generation_prompt ?? true,
        });
  exchange.sendJson(200, { count: tokens.length, max_model_len: served.contextTokens, tokens: [...tokens] });
}

/** handleDetokenize answers POST /detokenize with the text of tokens. */
export function handleDetokenize(served: ServedModel, exchange: Exchange, body: unknown): void {
  const { tokens } = detokenizeRequest.parse(body);
  const { tokenizer } = served;
  const unknown = tokens.find((token) => token >= tokenizer.vocabSize);
  if (unknown !== undefined) {
    const message = `Token ${unknown} is not in the vocabulary of ${tokenizer.vocabSize} tokens`;
    throw new HttpError(400, message, { code: 'invalid_token', param: 'tokens' });
  }
  const bytes = Buffer.concat(tokens.map((token) => tokenizer.tokenBytes(token, true)));
  exchange.sendJson(200, { prompt: bytes.toString('utf8') });
}
