import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import type { Generation, GenerationRequest } from '../engine/generation.ts';
import { freeGpuBytes, openLlama } from '../llama/index.ts';
import { quantise } from '../quantise/quantise.ts';
import { JSON_OBJECT_GRAMMAR, jsonSchemaGrammar } from '../sampling/json-schema-grammar.ts';
import { GREEDY } from '../sampling/parameters.ts';
import { loadDrafter } from '../speculation/load-drafter.ts';
import { NgramDrafter } from '../speculation/ngram-drafter.ts';
import type { LlamaRunner } from './llama-runner.ts';
import { type LlamaRunnerOptions, loadLlamaRunner } from './load-llama-runner.ts';

const MODEL_PATH = path.join(import.meta.dirname, '../../tiny-base/slipway-tiny.gguf');

// A busy machine computes many times slower than a quiet one.
const PATIENCE_MS = 60_000;

let runner: LlamaRunner;
let engine: Engine;

/** load makes the runner and the engine that the tests of a describe ask. */
async function load(options: Partial<LlamaRunnerOptions> = {}): Promise<void> {
  const loaded = await loadLlamaRunner({
    modelPath: MODEL_PATH,
    threads: 1,
    contextTokens: 256,
    maxSequences: 8,
    batchInvariant: true,
    ...options,
  });
  runner = loaded.runner;
  engine = new Engine({ runner, contextTokens: loaded.contextTokens });
}

async function ask(prompt: string, more: Partial<GenerationRequest> = {}): Promise<Generation> {
  const promptTokens = await runner.tokenizer.encode(prompt, { addSpecial: true, parseSpecial: true });
  return engine.generate({ promptTokens, sampling: GREEDY, maxTokens: 24, ...more });
}

async function tokensOf(generation: Generation): Promise<number[]> {
  const tokens: number[] = [];
  for await (const chunk of generation) tokens.push(...chunk.tokens);
  return tokens;
}

async function textOf(generation: Generation): Promise<string> {
  let text = '';
  for await (const chunk of generation) text += chunk.text;
  return text;
}

const TOPICS = ['a boat', 'the sea', 'a red apple', 'two dogs', 'winter', 'a small town', 'music', 'the number seven'];
const PREFIX = 'Here is a short story that begins in a quiet harbour, early in the morning, before anyone is awake. ';

// Quantised models are computed by our own kernels where the processor has what they need, others by ggml's.
const LAYOUTS = [
  { kvLayout: 'split', prefixCopies: 'host', fileType: 'F32' },
  { kvLayout: 'split', prefixCopies: 'device', fileType: 'F32' },
  { kvLayout: 'unified', prefixCopies: 'host', fileType: 'F32' },
  { kvLayout: 'split', prefixCopies: 'host', fileType: 'Q8_0' },
  { kvLayout: 'unified', prefixCopies: 'host', fileType: 'Q4_1' },
] as const;
const NAME = 'LlamaRunner with a $kvLayout KV cache ($prefixCopies) of a model in $fileType';

describe.each(LAYOUTS)(NAME, { timeout: PATIENCE_MS }, (layout) => {
  let dir: string;

  beforeAll(async () => {
    const { fileType, ...kv } = layout;
    dir = await mkdtemp(path.join(tmpdir(), 'runner-'));
    const modelPath = path.join(dir, 'model.gguf');
    await quantise({ inputPath: MODEL_PATH, outputPath: modelPath, fileType, threads: 1 });
    await load({ ...kv, modelPath });
  }, PATIENCE_MS);
  afterAll(async () => {
    runner.close();
    await rm(dir, { recursive: true });
  });

  test('has the layout that was asked for', () => {
    expect(runner.kvLayout).toBe(layout.kvLayout);
  });

  test('eight requests together give the tokens that each gives alone', async () => {
    const alone: number[][] = [];
    for (const topic of TOPICS) alone.push(await tokensOf(await ask(`Tell me about ${topic}.`)));
    const salted = await Promise.all(TOPICS.map((topic) => ask(`Tell me about ${topic}.`, { cacheSalt: 'again' })));
    expect(await Promise.all(salted.map(tokensOf))).toEqual(alone);
  });

  test('a prompt whose beginning is shared gives the tokens that it gives cold', async () => {
    const cold = await tokensOf(await ask(`${PREFIX}It is about music.`, { cacheSalt: 'cold' }));
    await tokensOf(await ask(`${PREFIX}It is about winter.`));
    const warm = await ask(`${PREFIX}It is about music.`);
    expect(await tokensOf(warm)).toEqual(cold);
    expect((await warm.finished).cachedTokens).toBeGreaterThanOrEqual(16);
  });

  test('branches of one prompt fired together compute it once and answer as alone', async () => {
    const endings = ['one', 'two', 'three', 'four'];
    const alone: number[][] = [];
    for (const ending of endings)
      alone.push(await tokensOf(await ask(PREFIX + ending, { cacheSalt: `alone ${ending}` })));
    const branches = await Promise.all(endings.map((ending) => ask(PREFIX + ending, { cacheSalt: 'branches' })));
    expect(await Promise.all(branches.map(tokensOf))).toEqual(alone);
    const cached = await Promise.all(branches.map(async (branch) => (await branch.finished).cachedTokens));
    expect(cached.filter((tokens) => tokens > 0)).toHaveLength(3);
  });

  test('sequences that come and go leave the others as they are', async () => {
    const alone: number[][] = [];
    const lengths = [3, 40, 9, 25, 60, 14, 33, 50, 6, 21];
    const request = (number: number, salt: string) => {
      const topic = TOPICS[number % TOPICS.length];
      const more = { maxTokens: lengths[number] ?? 5, ignoreEndOfGeneration: true, cacheSalt: salt };
      return ask(`Number ${number} is about ${topic}.`, more);
    };
    for (const number of lengths.keys()) alone.push(await tokensOf(await request(number, `alone ${number}`)));
    const together = await Promise.all([...lengths.keys()].map((number) => request(number, 'together')));
    expect(await Promise.all(together.map(tokensOf))).toEqual(alone);
    expect(engine.state.blocks.used).toBe(0);
  });

  test('guesses change no token, and save steps where text repeats', async () => {
    const text = 'one two three four five six seven eight nine ten. '.repeat(3);
    const plain: number[][] = [];
    for (const salt of ['a', 'b', 'c']) {
      plain.push(await tokensOf(await ask(`${text}one two`, { cacheSalt: salt, maxTokens: 40 })));
    }
    let steps = 0;
    let acceptedTokens = 0;
    const guessing = new Engine({
      runner,
      contextTokens: 256,
      drafter: new NgramDrafter(),
      observer: {
        onStep: () => {
          steps += 1;
        },
        onDraft: (_, accepted) => {
          acceptedTokens += accepted;
        },
      },
    });
    const promptTokens = await runner.tokenizer.encode(`${text}one two`, { addSpecial: true, parseSpecial: true });
    const generations = ['d', 'e', 'f'].map((cacheSalt) =>
      guessing.generate({ promptTokens, sampling: GREEDY, maxTokens: 40, cacheSalt }),
    );
    expect(await Promise.all(generations.map(tokensOf))).toEqual(plain);
    expect(acceptedTokens).toBeGreaterThan(0);
    expect(steps).toBeLessThan(40);
    expect(guessing.state.blocks.used).toBe(0);
  });
});

describe('LlamaRunner', { timeout: PATIENCE_MS }, () => {
  beforeAll(() => load(), PATIENCE_MS);
  afterAll(() => runner.close());

  test('the same seed gives the same text, another seed another one', async () => {
    const sampling = { ...GREEDY, temperature: 1.2, seed: 11 };
    const first = await textOf(await ask('Once', { sampling }));
    expect(await textOf(await ask('Once', { sampling }))).toBe(first);
    expect(await textOf(await ask('Once', { sampling: { ...sampling, seed: 12 } }))).not.toBe(first);
  });

  test('preempted and recomputed sequences give the tokens that they give alone', async () => {
    const small = await loadLlamaRunner({
      modelPath: MODEL_PATH,
      threads: 1,
      contextTokens: 256,
      maxSequences: 8,
      kvTokens: 256,
      batchInvariant: true,
    });
    let preemptions = 0;
    const tight = new Engine({
      runner: small.runner,
      contextTokens: 256,
      observer: {
        onPreemption: () => {
          preemptions += 1;
        },
      },
    });
    const request = async (topic: string, salt: string) => ({
      promptTokens: await runner.tokenizer.encode(`Tell me about ${topic}.`, { addSpecial: true, parseSpecial: true }),
      sampling: GREEDY,
      maxTokens: 100,
      ignoreEndOfGeneration: true,
      cacheSalt: salt,
    });
    const alone: number[][] = [];
    for (const topic of TOPICS) alone.push(await tokensOf(engine.generate(await request(topic, topic))));
    const together = await Promise.all(TOPICS.map((topic) => request(topic, 'tight')));
    const tokens = await Promise.all(together.map((entry) => tokensOf(tight.generate(entry))));
    expect(small.runner.totalBlocks).toBeLessThan((TOPICS.length * 100) / 16);
    expect(preemptions).toBeGreaterThan(0);
    expect(tokens).toEqual(alone);
    expect(tight.state.blocks.used).toBe(0);
    small.runner.close();
  });

  test('JSON mode gives an object, a schema its shape', async () => {
    const sampling = { ...GREEDY, temperature: 0.8, seed: 3 };
    const schema = {
      type: 'object',
      properties: {
        colour: { enum: ['red', 'green'] },
        count: { type: 'integer' },
        tags: { type: 'array', items: { type: 'string', maxLength: 5 }, minItems: 1, maxItems: 3 },
        note: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/note' }] },
      },
      required: ['colour', 'count', 'tags', 'note'],
      additionalProperties: false,
      $defs: { note: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] } },
    };
    for (let seed = 0; seed < 3; seed += 1) {
      const answer = await ask('Give me data.', {
        sampling: { ...sampling, seed },
        grammar: jsonSchemaGrammar(schema),
        maxTokens: 220,
      });
      expect(JSON.parse(await textOf(answer))).toMatchObject({
        colour: expect.stringMatching(/^(red|green)$/),
        count: expect.any(Number),
        tags: expect.any(Array),
      });
    }
    const free = await textOf(await ask('Give me data.', { sampling, grammar: JSON_OBJECT_GRAMMAR, maxTokens: 40 }));
    expect(free.startsWith('{')).toBe(true);
  });

  test('a grammar that cannot be read refuses the request with the reason', async () => {
    await expect(ask('x', { grammar: 'root ::= missing' })).rejects.toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
    expect(engine.state.blocks.used).toBe(0);
  });

  test('a grammar without a way on ends its own request and no other', async () => {
    const other = tokensOf(await ask('Tell me about winter.', { cacheSalt: 'other' }));
    // After the one letter only the end may follow, and the end is forbidden.
    const stuck = await ask('Tell me.', { grammar: 'root ::= "a"', ignoreEndOfGeneration: true });
    await expect(tokensOf(stuck)).rejects.toThrow(/allows no further token/);
    expect((await other).length).toBeGreaterThan(0);
    expect(engine.state.blocks.used).toBe(0);
  });

  test('the event loop is free while a step runs', async () => {
    const generation = await ask('Go on', { maxTokens: 60, ignoreEndOfGeneration: true });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await tokensOf(generation);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('a draft model', { timeout: PATIENCE_MS }, () => {
  beforeAll(() => load({ maxSequences: 4 }), PATIENCE_MS);
  afterAll(() => runner.close());

  test('changes no token; the model itself as its draft is nearly always right', async () => {
    const { tokenizer, maxSequences } = runner;
    const target = { threads: 1, contextTokens: 256, maxSequences, tokenizer };
    const drafter = await loadDrafter({ kind: 'draft-model', modelPath: MODEL_PATH, draftTokens: 4 }, target);
    let drafted = 0;
    let accepted = 0;
    const onDraft = (count: number, right: number) => {
      drafted += count;
      accepted += right;
    };
    const guessing = new Engine({ runner, contextTokens: 256, drafter, observer: { onDraft } });
    const answers: number[][] = [];
    for (const topic of TOPICS) answers.push(await tokensOf(await ask(`Tell me about ${topic}.`)));
    const guessed = TOPICS.map(async (topic, index) => {
      const text = `Tell me about ${topic}.`;
      const promptTokens = await tokenizer.encode(text, { addSpecial: true, parseSpecial: true });
      const request = { promptTokens, sampling: GREEDY, maxTokens: 24, cacheSalt: `guess ${index}` };
      return tokensOf(guessing.generate(request));
    });
    expect(await Promise.all(guessed)).toEqual(answers);
    expect(drafted).toBeGreaterThan(50);
    expect(accepted / drafted).toBeGreaterThan(0.8);
    drafter?.close();
  });

  test('with another vocabulary is refused', async () => {
    const tokenizer = { ...runner.tokenizer, vocabSize: 7 };
    const target = { threads: 1, contextTokens: 256, maxSequences: 4, tokenizer };
    await expect(loadDrafter({ kind: 'draft-model', modelPath: MODEL_PATH }, target)).rejects.toThrow(
      /1024 tokens and its target 7/,
    );
  });
});

describe('a model that cannot be served is refused with the reason', { timeout: PATIENCE_MS }, () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'engine-'));
    writeFileSync(path.join(dir, 'text.gguf'), 'this is not a model');
  });
  afterAll(() => rm(dir, { recursive: true }));

  const cases: Record<string, { options: () => Parameters<typeof loadLlamaRunner>[0]; message: RegExp }> = {
    'a file that is not there': {
      options: () => ({ modelPath: path.join(dir, 'missing.gguf'), threads: 1 }),
      message: /no model file/,
    },
    'a file that is no GGUF': {
      options: () => ({ modelPath: path.join(dir, 'text.gguf'), threads: 1 }),
      message: /Could not load the model.*/,
    },
    'a context longer than the model was trained for': {
      options: () => ({ modelPath: MODEL_PATH, threads: 1, contextTokens: 1_000_000 }),
      message: /1000000 tokens.*trained for \d+/,
    },
    'less memory than one context needs, with the numbers': {
      options: () => ({ modelPath: MODEL_PATH, threads: 1, memoryBudgetBytes: 2 ** 20 }),
      message: /Not enough memory: weights \d+ MiB, KV cache \d+ MiB .* 1 MiB are available/,
    },
    'an adapter that is not there': {
      options: () => ({ modelPath: MODEL_PATH, threads: 1, adapters: [{ name: 'a', path: path.join(dir, 'a.gguf') }] }),
      message: /no adapter file/,
    },
    'an adapter that is no adapter': {
      options: () => ({ modelPath: MODEL_PATH, threads: 1, adapters: [{ name: 'a', path: MODEL_PATH }] }),
      message: /Could not load the adapter/,
    },
    'no threads': { options: () => ({ modelPath: MODEL_PATH, threads: 0 }), message: /threads/ },
  };
  test.each(Object.entries(cases))('%s', async (_, { options, message }) => {
    await expect(loadLlamaRunner(options())).rejects.toThrow(message);
  });

  test.skipIf(freeGpuBytes(openLlama()) !== null)('layers on a GPU where there is none', async () => {
    await expect(loadLlamaRunner({ modelPath: MODEL_PATH, threads: 1, gpuLayers: 999 })).rejects.toThrow(
      /found none that it can use/,
    );
  });
});
