import { setImmediate } from 'node:timers/promises';
import type { Tokenizer } from '../runner/port.ts';
import { HttpError } from './http-error.ts';

/** MAX_INPUTS of one request is OpenAI's limit. */
export const MAX_INPUTS = 2048;

// Tokenising this much text takes a few milliseconds; then others get a turn.
const TURN_CHARACTERS = 16 * 1024;

/** encodeInputs turns the `input` of a request into the tokens of each; texts get the model's own marks, token ids are taken as they are. */
export async function encodeInputs(tokenizer: Tokenizer, input: unknown): Promise<Int32Array[]> {
  const entries = toEntries(input);
  if (entries.length > MAX_INPUTS) {
    throw refusal(`input has ${entries.length} entries; a request can have ${MAX_INPUTS}`, 'too_many_inputs');
  }
  const inputs: Int32Array[] = [];
  let sinceTurn = 0;
  for (const [index, entry] of entries.entries()) {
    if (entry.length === 0) throw refusal(`input[${index}] is empty`, 'empty_input');
    if (typeof entry !== 'string') {
      inputs.push(toTokens(tokenizer, entry, index));
      continue;
    }
    inputs.push(await tokenizer.encode(entry, { addSpecial: true, parseSpecial: true }));
    sinceTurn += entry.length;
    if (sinceTurn < TURN_CHARACTERS) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return inputs;
}

function toEntries(input: unknown): (string | unknown[])[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input)) throw refusal('input must be a text, token ids, or a list of either');
  if (input.length === 0) throw refusal('input is empty', 'empty_input');
  if (typeof input[0] === 'number') return [input];
  const isText = typeof input[0] === 'string';
  const stranger = input.findIndex((entry) => (isText ? typeof entry !== 'string' : !Array.isArray(entry)));
  if (stranger < 0) return input;
  throw refusal(`input[${stranger}] must be ${isText ? 'a text' : 'a list of token ids'}, as all entries`);
}

function toTokens(tokenizer: Tokenizer, entry: readonly unknown[], index: number): Int32Array {
  const isToken = (token: unknown) =>
    Number.isInteger(token) && Number(token) >= 0 && Number(token) < tokenizer.vocabSize;
  const unknown = entry.find((token) => !isToken(token));
  if (unknown === undefined) return Int32Array.from(entry, Number);
  const message = `input[${index}] has ${JSON.stringify(unknown)}, which is no token of the vocabulary of ${tokenizer.vocabSize}`;
  throw refusal(message, 'invalid_token');
}

function refusal(message: string, code = 'invalid_request'): HttpError {
  return new HttpError(400, message, { code, param: 'input' });
}
