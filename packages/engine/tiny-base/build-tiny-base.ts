import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTraining, type TrainingEvent } from '../src/training/index.ts';
import { writeCorpus } from './generate-corpus.ts';
import { answerGolden } from './golden.ts';
import { trainTokenizer } from './tokenizer.ts';
import { TINY_SHAPE, writeUntrainedModel } from './untrained-model.ts';

// Short contexts learn most per second, full length then teaches the later positions, and the last stage brings back
// what is rare in long contexts: a conversation that has just begun.
const STAGES = [
  { contextTokens: 256, epochs: 14, learningRate: 3e-3 },
  { contextTokens: 1024, epochs: 2, learningRate: 1e-3 },
  { contextTokens: 256, epochs: 5, learningRate: 1e-3 },
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
  // To go on after an interruption: build-tiny-base.ts <first stage to run> <the file that the stage before it wrote>
  const [firstStage = '0', stageBase] = process.argv.slice(2);
  let basePath = stageBase ?? path.join(work, 'untrained.gguf');
  if (stageBase === undefined) writeUntrainedModel(basePath, tokenizer, SEED);
  for (const [index, stage] of STAGES.entries()) {
    if (index < Number(firstStage)) continue;
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
  const answers = await answerGolden(basePath, THREADS);
  for (const { prompt, answer } of answers.filter(({ isRight }) => !isRight))
    console.log(`wrong: ${prompt} -> ${answer}`);
  console.log(`golden: ${answers.filter(({ isRight }) => isRight).length} of ${answers.length}`);
  copyFileSync(basePath, here('slipway-tiny.gguf'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
