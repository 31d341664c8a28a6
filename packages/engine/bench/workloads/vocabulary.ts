import { LlamaModel } from '../../src/llama/index.ts';
import type { Vocabulary } from '../bench-context.ts';

/** loadVocabulary reads a GGUF's tokenizer without its weights. */
export async function loadVocabulary(modelPath: string): Promise<Vocabulary> {
  const model = await LlamaModel.load({ path: modelPath, vocabOnly: true });
  const { vocab } = model;
  const tokenByText = new Map<string, number>();
  for (let token = 0; token < vocab.size; token += 1) {
    tokenByText.set(Buffer.from(vocab.tokenBytes(token)).toString('utf8'), token);
  }
  return {
    vocabSize: vocab.size,
    tokensOf: (text) => {
      const token = tokenByText.get(text);
      return token === undefined ? [...vocab.tokenize(text, { addSpecial: false, parseSpecial: false })] : [token];
    },
  };
}
