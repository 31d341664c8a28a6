import { type LlamaContext, LlamaModel, TokenBatch } from '../llama/index.ts';
import { learnedRows, type TrainingWindow } from './trainer.ts';

/** servedLoss measures a finished file as it will be served: the mean loss of windows, computed by llama.cpp. */
export async function servedLoss(input: {
  path: string;
  windows: readonly TrainingWindow[];
  contextTokens: number;
  threads: number;
}): Promise<number> {
  const { contextTokens, threads } = input;
  const model = await LlamaModel.load({ path: input.path });
  const batch = new TokenBatch(contextTokens);
  let context: LlamaContext | undefined;
  try {
    context = model.createContext({ contextTokens, batchTokens: contextTokens, threads });
    let total = 0;
    for (const window of input.windows) total += await windowLoss(context, batch, window);
    return total / input.windows.length;
  } finally {
    context?.free();
    batch.free();
    model.free();
  }
}

async function windowLoss(context: LlamaContext, batch: TokenBatch, window: TrainingWindow): Promise<number> {
  const rows = learnedRows(window.isLearned);
  const wanted = new Set(rows);
  context.clear();
  batch.clear();
  for (let position = 0; position < rows.length; position += 1) {
    batch.add(window.tokens[position] ?? 0, position, 0, wanted.has(position));
  }
  await context.decode(batch);
  const losses = new Map(
    [...wanted].map((row) => [row, negativeLog(context.logits(row), window.tokens[row + 1] ?? 0)]),
  );
  // Rows that stand in the list more than once weigh more, as they do in training.
  return rows.reduce((sum, row) => sum + (losses.get(row) ?? 0), 0) / rows.length;
}

function negativeLog(logits: Float32Array, token: number): number {
  let largest = -Infinity;
  for (const logit of logits) if (logit > largest) largest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return Math.log(sum) + largest - (logits[token] ?? -Infinity);
}
