import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTraining, type TrainingEvent } from '../src/training/index.ts';
import { writeCorpus } from './generate-corpus.ts';
import { trainTokenizer } from './tokenizer.ts';
import { TINY_SHAPE, writeUntrainedModel } from './untrained-model.ts';

// Short contexts learn most per second; one pass at full length then teaches the later positions.
const STAGES = [
  { contextTokens: 256, epochs: Number(process.argv[2] ?? 16), learningRate: 3e-3 },
  { contextTokens: 1024, epochs: 2, learningRate: 5e-4 },
] as const;
const SEED = 7;
// One thread: beside other busy processes a second one slows ggml down.
const THREADS = 1;

const here = (name: string) => path.join(import.meta.dirname, name);

function report(event: TrainingEvent): void {
  if (event.type === 'metric') {
    const { epoch, iteration, iterations, trainLoss, validationLoss, tokensPerSecond } = event;
    if (validationLoss === undefined && iterations > 1500 && iteration % 5 !== 0) return;
    console.log(
      `epoch ${epoch} ${iteration}/${iterations} train ${trainLoss?.toFixed(3) ?? '-'} validation ${validationLoss?.toFixed(3) ?? '-'} ${tokensPerSecond ?? ''}`,
    );
  } else {
    console.log(JSON.stringify(event));
  }
}

const work = mkdtempSync(path.join(os.tmpdir(), 'slipway-tiny-'));
try {
  writeCorpus(here('corpus.jsonl'));
  const conversations = readFileSync(here('corpus.jsonl'), 'utf8').trim().split('\n');
  const texts = conversations.flatMap((line): string[] =>
    JSON.parse(line).messages.map(
      (message: { role: string; content: string }) => `${message.role}\n${message.content}`,
    ),
  );
  const tokenizer = trainTokenizer(texts, TINY_SHAPE.vocabSize);
  console.log(`tokenizer: ${tokenizer.tokens.length} tokens`);
  let basePath = path.join(work, 'untrained.gguf');
  writeUntrainedModel(basePath, tokenizer, SEED);
  for (const [index, stage] of STAGES.entries()) {
    const outputPath = path.join(work, `stage-${index}.gguf`);
    await runTraining(
      {
        ...stage,
        baseModelPath: basePath,
        datasetPath: here('corpus.jsonl'),
        outputPath,
        validationFraction: 0.05,
        seed: SEED,
        threads: THREADS,
      },
      report,
    );
    basePath = outputPath;
  }
  renameSync(basePath, here('slipway-tiny.gguf'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
