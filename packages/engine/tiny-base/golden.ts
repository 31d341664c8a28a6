import { LlamaModel, TokenBatch } from '../src/llama/index.ts';
import golden from './golden.json' with { type: 'json' };

const CONTEXT_TOKENS = 256;
const MAX_ANSWER_TOKENS = 64;

/** GoldenAnswer is what the model said to one golden prompt, and whether that is exactly what it should say. */
export interface GoldenAnswer {
  prompt: string;
  expected: string;
  answer: string;
  isRight: boolean;
}

/** answerGolden asks a model every golden prompt through its chat format, taking the likeliest token each time. */
export async function answerGolden(modelPath: string, threads: number): Promise<GoldenAnswer[]> {
  const model = await LlamaModel.load({ path: modelPath });
  try {
    const answers: GoldenAnswer[] = [];
    for (const { prompt, expected } of golden) {
      const answer = await answerGreedily(model, prompt, threads);
      answers.push({ prompt, expected, answer, isRight: answer === expected });
    }
    return answers;
  } finally {
    model.free();
  }
}

/** answerGreedily returns the model's answer to one user message; an answer that does not end is marked with "…". */
export async function answerGreedily(model: LlamaModel, prompt: string, threads: number): Promise<string> {
  const context = model.createContext({ contextTokens: CONTEXT_TOKENS, batchTokens: CONTEXT_TOKENS, threads });
  const batch = new TokenBatch(CONTEXT_TOKENS);
  try {
    const text = `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`;
    const tokens = model.vocab.tokenize(text, { addSpecial: true, parseSpecial: true });
    for (const [position, token] of tokens.entries()) batch.add(token, position, 0, position === tokens.length - 1);
    const answer: number[] = [];
    while (answer.length < MAX_ANSWER_TOKENS) {
      await context.decode(batch);
      const token = likeliest(context.logits(batch.length - 1));
      if (model.vocab.isEndOfGeneration(token)) return model.vocab.detokenize(answer);
      answer.push(token);
      batch.clear();
      batch.add(token, tokens.length + answer.length - 1, 0, true);
    }
    return `${model.vocab.detokenize(answer)}…`;
  } finally {
    batch.free();
    context.free();
  }
}

function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token += 1) {
    if ((logits[token] ?? -Infinity) > (logits[best] ?? -Infinity)) best = token;
  }
  return best;
}
