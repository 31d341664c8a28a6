import { describe, expect, test } from 'vitest';
import { ScriptedRunner, type ScriptedRunnerOptions } from '../runner/scripted-runner.ts';
import { GREEDY } from '../sampling/parameters.ts';
import { createRandom } from '../sampling/random.ts';
import type { Drafter } from '../speculation/drafter.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { EngineError } from './errors.ts';
import type { Generation, GenerationRequest } from './generation.ts';

/** reverse is a reply that depends on the whole prompt, so that a single wrong block shows. */
const reverse = (prompt: string) => [...prompt].reverse().join('');

function build(runner: Partial<ScriptedRunnerOptions> = {}, engine: Partial<EngineOptions> = {}) {
  const scripted = new ScriptedRunner({ reply: reverse, ...runner });
  return { runner: scripted, engine: new Engine({ runner: scripted, contextTokens: 256, ...engine }) };
}

function ask(prompt: string, more: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    promptTokens: Int32Array.from(Buffer.from(`${prompt}\u0003`)),
    sampling: GREEDY,
    maxTokens: null,
    ...more,
  };
}

async function textOf(generation: Generation): Promise<string> {
  let text = '';
  for await (const chunk of generation) text += chunk.text;
  return text;
}

async function errorOf(generation: Generation): Promise<EngineError> {
  try {
    await textOf(generation);
  } catch (error) {
    return error as EngineError;
  }
  throw new Error('The generation did not fail');
}

describe('Engine', () => {
  test('answers and gives every block back, content of whole blocks staying cached', async () => {
    const { engine } = build();
    const generation = engine.generate(ask('hello'));
    expect(await textOf(generation)).toBe('olleh');
    expect(await generation.finished).toMatchObject({
      promptTokens: 6,
      completionTokens: 6,
      cachedTokens: 0,
      finishReason: 'stop',
    });
    expect(engine.state.blocks.used).toBe(0);
  });

  test('requests that come together are computed together', async () => {
    const { engine, runner } = build();
    const prompts = ['one', 'two', 'three', 'four'];
    const answers = await Promise.all(prompts.map((prompt) => textOf(engine.generate(ask(prompt)))));
    expect(answers).toEqual(prompts.map(reverse));
    // Alone, these would take a step for each of their 19 tokens.
    expect(runner.stepCount).toBe(6);
  });

  test('a prefix is computed once for requests that come one after the other', async () => {
    const { engine, runner } = build();
    const shared = 'x'.repeat(64);
    await textOf(engine.generate(ask(`${shared}a`, { maxTokens: 1 })));
    const before = runner.computedTokens;
    const second = engine.generate(ask(`${shared}b`, { maxTokens: 1 }));
    expect(await textOf(second)).toBe('b');
    expect((await second.finished).cachedTokens).toBe(64);
    expect(runner.computedTokens - before).toBe(2);
  });

  test('a prefix is computed once for requests that come at the same instant', async () => {
    const { engine, runner } = build();
    const shared = 'x'.repeat(128);
    const endings = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(
      endings.map((ending) => textOf(engine.generate(ask(shared + ending, { maxTokens: 1 })))),
    );
    expect(answers).toEqual(endings);
    expect(runner.computedTokens).toBe(128 + 4 * 2);
  });

  test('a different salt shares nothing', async () => {
    const { engine } = build();
    await textOf(engine.generate(ask('y'.repeat(64), { cacheSalt: 'a', maxTokens: 1 })));
    const other = engine.generate(ask('y'.repeat(64), { cacheSalt: 'b', maxTokens: 1 }));
    await textOf(other);
    expect((await other.finished).cachedTokens).toBe(0);
  });

  test('too little memory for all preempts the newest, and every answer is still right', async () => {
    let preemptions = 0;
    const { engine } = build(
      { totalBlocks: 16, maxSequences: 4 },
      {
        contextTokens: 256,
        observer: {
          onPreemption: () => {
            preemptions += 1;
          },
        },
      },
    );
    const prompts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(60));
    const answers = await Promise.all(prompts.map((prompt) => textOf(engine.generate(ask(prompt)))));
    expect(answers).toEqual(prompts);
    expect(preemptions).toBeGreaterThan(0);
    expect(engine.state.blocks.used).toBe(0);
  });

  test('maxTokens ends with length, a stop string with stop and without the string', async () => {
    const { engine } = build({ reply: () => 'one two three' });
    const short = engine.generate(ask('p', { maxTokens: 5 }));
    expect(await textOf(short)).toBe('one t');
    expect((await short.finished).finishReason).toBe('length');
    const stopped = engine.generate(ask('q', { stop: ['two'] }));
    expect(await textOf(stopped)).toBe('one ');
    expect(await stopped.finished).toMatchObject({ finishReason: 'stop', completionTokens: 7 });
  });

  test('a runner that picks the tokens itself gives the same answers, and rows where a token may not be taken', async () => {
    const { engine } = build({ reply: reverse, canPickBest: true }, { drafter: guessing(reverse, createRandom(5)) });
    const prompts = ['abcdefghijkl', 'mnopqrst', 'uvw'];
    const answers = prompts.map((prompt) => textOf(engine.generate(ask(prompt))));
    expect(await Promise.all(answers)).toEqual(prompts.map(reverse));
    const least = engine.generate(ask('xy', { minTokens: 9, maxTokens: 12 }));
    expect(await textOf(least)).toMatch(/^yx/);
    expect((await least.finished).completionTokens).toBeGreaterThanOrEqual(9);
    const cold = engine.generate(ask('xyz', { sampling: { ...GREEDY, temperature: 0.5 } }));
    expect(await textOf(cold)).toBe('zyx');
    expect(engine.state.blocks.used).toBe(0);
  });

  test.each([true, false])(
    'ignoring the end and a least number of tokens go on past it (picking: %s)',
    async (canPickBest) => {
      const { engine } = build({ reply: () => 'ab', canPickBest });
      const endless = engine.generate(ask('p', { ignoreEndOfGeneration: true, maxTokens: 6 }));
      await textOf(endless);
      expect(await endless.finished).toMatchObject({ completionTokens: 6, finishReason: 'length' });
      const least = engine.generate(ask('q', { minTokens: 4, maxTokens: 8 }));
      await textOf(least);
      expect((await least.finished).completionTokens).toBeGreaterThanOrEqual(4);
    },
  );

  test('a character of several tokens arrives whole', async () => {
    const { engine } = build({ reply: () => 'a🙂é' });
    const chunks: string[] = [];
    for await (const chunk of engine.generate(ask('p'))) if (chunk.text !== '') chunks.push(chunk.text);
    expect(chunks).toEqual(['a', '🙂', 'é']);
  });

  test('cancelling frees the blocks and leaves the others alone', async () => {
    const { engine } = build({ reply: (prompt) => prompt.repeat(20) });
    const cancelled = engine.generate(ask('ab'));
    const other = engine.generate(ask('cd'));
    for await (const chunk of cancelled) {
      if (chunk.text !== '') cancelled.cancel();
    }
    expect((await cancelled.finished).finishReason).toBe('abort');
    expect(await textOf(other)).toBe('cd'.repeat(20));
    expect(engine.state).toMatchObject({ running: 0, waiting: 0, blocks: { used: 0 } });
  });

  const refusals: Record<string, { request: GenerationRequest; kind: string; message: RegExp }> = {
    'an empty prompt': {
      request: { ...ask(''), promptTokens: new Int32Array(0) },
      kind: 'invalid',
      message: /empty/,
    },
    'a prompt that fills the context, with the numbers': {
      request: ask('x'.repeat(300)),
      kind: 'invalid',
      message: /301 tokens.*256 tokens/,
    },
  };
  test.each(Object.entries(refusals))('refuses %s', (_, { request, kind, message }) => {
    const { engine } = build();
    expect(() => engine.generate(request)).toThrow(
      expect.objectContaining({ kind, message: expect.stringMatching(message) }),
    );
  });

  test('the queue has an end: the next request is told when to come again', async () => {
    const { engine } = build({ maxSequences: 1 }, { maxWaiting: 2 });
    const accepted = [engine.generate(ask('a')), engine.generate(ask('b'))];
    expect(() => engine.generate(ask('c'))).toThrow(
      expect.objectContaining({ kind: 'overloaded', retryAfterSeconds: expect.any(Number) }),
    );
    await Promise.all(accepted.map(textOf));
    expect(await textOf(engine.generate(ask('c')))).toBe('c');
  });

  test('lower priority numbers go first', async () => {
    const order: string[] = [];
    const { engine } = build({ maxSequences: 1 });
    const run = async (name: string, priority: number) => {
      await textOf(engine.generate(ask(name, { priority })));
      order.push(name);
    };
    await Promise.all([run('late', 5), run('early', 1), run('middle', 3)]);
    expect(order).toEqual(['early', 'middle', 'late']);
  });

  test('a request whose time is over ends, wherever it is', async () => {
    let nowMs = 0;
    const { engine } = build(
      {
        maxSequences: 1,
        reply: () => 'z'.repeat(100),
        onStep: () => {
          nowMs += 1000;
        },
      },
      { nowMs: () => nowMs },
    );
    const running = engine.generate(ask('a', { timeoutSeconds: 10 }));
    const waiting = engine.generate(ask('b', { timeoutSeconds: 5 }));
    expect((await errorOf(waiting)).kind).toBe('deadline');
    expect((await errorOf(running)).kind).toBe('deadline');
    expect((await waiting.finished).completionTokens).toBe(0);
    expect((await running.finished).completionTokens).toBe(10);
    expect(engine.state.blocks.used).toBe(0);
  });

  test('times are measured from arrival over first step and first token to the end', async () => {
    let nowMs = 0;
    const { engine } = build(
      {
        maxSequences: 1,
        onStep: () => {
          nowMs += 10;
        },
      },
      { nowMs: () => nowMs },
    );
    const first = engine.generate(ask('abc'));
    const second = engine.generate(ask('de'));
    await Promise.all([textOf(first), textOf(second)]);
    expect(await first.finished).toMatchObject({ queueMs: 0, prefillMs: 10, decodeMs: 30, totalMs: 40 });
    expect(await second.finished).toMatchObject({ queueMs: 40, prefillMs: 10, decodeMs: 20, timeToFirstTokenMs: 50 });
    expect((await first.finished).kvBlockSeconds).toBeCloseTo(0.04);
  });

  test('a failed step fails what was running with the reason, and the engine goes on', async () => {
    let isBroken = true;
    const { engine } = build({
      onStep: () => {
        if (isBroken) throw new Error('the device is gone');
      },
    });
    const failed = engine.generate(ask('a'));
    expect((await errorOf(failed)).message).toContain('the device is gone');
    isBroken = false;
    expect(await textOf(engine.generate(ask('abc')))).toBe('cba');
    expect(engine.state.blocks.used).toBe(0);
  });

  test('draining finishes what is there, refuses what comes, and ends the rest when the grace is over', async () => {
    const { engine } = build();
    const running = textOf(engine.generate(ask('abc')));
    const drained = engine.drain(30);
    expect(() => engine.generate(ask('d'))).toThrow(expect.objectContaining({ kind: 'draining' }));
    await drained;
    expect(await running).toBe('cba');
    const endless = build({
      reply: () => 'x'.repeat(200),
      onStep: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const cut = endless.engine.generate(ask('a'));
    await endless.engine.drain(0.02);
    expect((await cut.finished).finishReason).toBe('abort');
  });
});

/** guessing is a drafter that knows the reply and errs now and then. */
function guessing(reply: (prompt: string) => string, random: () => number): Drafter {
  return {
    draftTokens: 6,
    draft: (requests) =>
      Promise.resolve(
        requests.map(({ tokens, maxTokens }) => {
          const [prompt = '', answered = ''] = Buffer.from(tokens).toString('utf8').split('\u0003');
          const rest = reply(prompt).slice(answered.length, answered.length + maxTokens);
          const guess = Int32Array.from(Buffer.from(rest));
          if (random() < 0.4 && guess.length > 0) guess[Math.floor(random() * guess.length)] = 63;
          return guess;
        }),
      ),
    forget: () => undefined,
    close: () => undefined,
  };
}

describe('guesses', () => {
  test('that are right save steps and change nothing', async () => {
    const plain = build({ reply: reverse });
    const prompt = 'abcdefghijklmnopqrstuvwxyz';
    await textOf(plain.engine.generate(ask(prompt)));
    const reports: [number, number][] = [];
    const observer = { onDraft: (drafted: number, accepted: number) => reports.push([drafted, accepted]) };
    const { engine, runner } = build({ reply: reverse }, { drafter: guessing(reverse, () => 1), observer });
    const generation = engine.generate(ask(prompt));
    expect(await textOf(generation)).toBe(reverse(prompt));
    expect(runner.stepCount).toBeLessThan(plain.runner.stepCount / 3);
    expect(reports.every(([drafted, accepted]) => drafted === accepted)).toBe(true);
    expect((await generation.finished).completionTokens).toBe(prompt.length + 1);
    expect(engine.state.blocks.used).toBe(0);
  });

  test('never go past the most tokens asked for, nor past a stop string', async () => {
    const { engine } = build(
      { reply: () => 'one two three' },
      {
        drafter: guessing(
          () => 'one two three',
          () => 1,
        ),
      },
    );
    const short = engine.generate(ask('p', { maxTokens: 6 }));
    expect(await textOf(short)).toBe('one tw');
    expect((await short.finished).completionTokens).toBe(6);
    expect(await textOf(engine.generate(ask('q', { stop: ['two'] })))).toBe('one ');
    expect(engine.state.blocks.used).toBe(0);
  });

  test('are asked for only as far as a step has rows for', async () => {
    const rows: number[] = [];
    const { engine } = build(
      { reply: reverse, onStep: (items) => void rows.push(items.reduce((sum, { logitRows }) => sum + logitRows, 0)) },
      { drafter: guessing(reverse, () => 1), draftRows: 5 },
    );
    const prompts = ['abcdefgh', 'ijklmnop', 'qrstuvwx'];
    expect(await Promise.all(prompts.map((prompt) => textOf(engine.generate(ask(prompt)))))).toEqual(
      prompts.map(reverse),
    );
    expect(Math.max(...rows)).toBe(5);
  });
});

describe('tenants', () => {
  /** race sends many requests of a crowd and a few of another tenant, and returns who was answered in which order. */
  async function race(weights: [string, number][]): Promise<string[]> {
    const { engine } = build({ maxSequences: 2 }, { tenantWeights: new Map(weights) });
    const order: string[] = [];
    const run = async (tenant: string, number: number) => {
      await textOf(engine.generate(ask(`${tenant} ${'x'.repeat(20)} ${number}`, { tenant })));
      order.push(tenant);
    };
    const crowd = Array.from({ length: 40 }, (_, number) => run('crowd', number));
    await Promise.all([...crowd, ...Array.from({ length: 10 }, (_, number) => run('other', number))]);
    return order;
  }

  test('with the same weight get the same, however many requests one of them has', async () => {
    const order = await race([]);
    // Both wait from the start, so of the first twenty each has about ten.
    expect(order.slice(0, 20).filter((tenant) => tenant === 'other').length).toBeGreaterThanOrEqual(9);
  });

  test('with three times the weight get three times as much', async () => {
    const order = await race([['crowd', 3]]);
    const others = order.slice(0, 20).filter((tenant) => tenant === 'other').length;
    expect(others).toBeGreaterThanOrEqual(4);
    expect(others).toBeLessThanOrEqual(6);
  });
});

// Random arrivals, cancels, guesses and preemptions; after every step all blocks are accounted for, and in the end every answer that
// was not cancelled is the one it would have been alone.
test.each([1, 2, 3, 4, 5, 6])('the engine keeps its books through a random load (seed %i)', async (seed) => {
  const random = createRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const pending: Promise<void>[] = [];
  const live = new Set<Generation>();
  let steps = 0;
  let preemptions = 0;
  const { engine, runner } = build(
    {
      totalBlocks: 24,
      blockTokens: 8,
      maxSequences: 6,
      canPickBest: seed > 3,
      onStep: () => {
        steps += 1;
        const { blocks, running } = engine.state;
        expect(blocks.free + blocks.cached + blocks.used).toBe(blocks.total);
        expect(running).toBeLessThanOrEqual(6);
        if (random() < 0.05) for (const generation of [...live].slice(0, 1)) generation.cancel();
        if (steps < 400 && random() < 0.3) arrive();
      },
    },
    {
      contextTokens: 160,
      stepTokens: 48,
      mixedPrefillTokens: 16,
      drafter: seed % 2 === 0 ? guessing(reverse, random) : null,
      observer: {
        onPreemption: () => {
          preemptions += 1;
        },
      },
    },
  );
  const arrive = () => {
    const prompt = ['system: be kind. ', 'system: be short. '][pick(2)] + 'q'.repeat(pick(40)) + String(pick(1000));
    const generation = engine.generate(ask(prompt, { tenant: `team ${pick(3)}` }));
    live.add(generation);
    pending.push(
      (async () => {
        const text = await textOf(generation);
        live.delete(generation);
        const { finishReason } = await generation.finished;
        if (finishReason === 'abort') expect(reverse(prompt).startsWith(text)).toBe(true);
        else expect(text).toBe(reverse(prompt));
      })(),
    );
  };
  for (let count = 0; count < 8; count += 1) arrive();
  while (engine.state.running + engine.state.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  await Promise.all(pending);
  expect(pending.length).toBeGreaterThan(50);
  expect(preemptions).toBeGreaterThan(0);
  expect(engine.state.blocks.used).toBe(0);
  expect(runner.open.size).toBe(0);
});
