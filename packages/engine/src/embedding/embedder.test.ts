import { describe, expect, test } from 'vitest';
import { Embedder, type EmbedderOptions, type EmbeddingRecord } from './embedder.ts';
import { ScriptedEmbeddingRunner } from './scripted-embedding-runner.ts';

function start(options: Partial<EmbedderOptions> & { onBatch?: () => Promise<void> | void } = {}) {
  const { onBatch, ...rest } = options;
  const runner = new ScriptedEmbeddingRunner(onBatch);
  const records: EmbeddingRecord[] = [];
  const embedder = new Embedder({ runner, observer: { onFinished: (record) => records.push(record) }, ...rest });
  const embed = (lengths: readonly number[], first = 1, timeoutSeconds: number | null = null) =>
    embedder.embed(
      lengths.map((length, index) => new Int32Array(length).fill(first + index)),
      { timeoutSeconds },
    );
  return { embedder, runner, records, embed };
}

/** gate makes batches wait until the test opens it. */
function gate() {
  const entered = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    entered: entered.promise,
    open: opened.resolve,
    wait: () => {
      entered.resolve();
      return opened.promise;
    },
  };
}

describe('an embedder', () => {
  test('gives every input its own vector, in order, however the batches were cut', async () => {
    const { embed, embedder, runner } = start();
    const jobs = [embed([8, 1, 8, 3, 2, 8], 10), embed([1], 20), embed([5, 5], 30)];
    const outcomes = await Promise.all(jobs.map((job) => job.done));
    expect(outcomes.map(({ vectors }) => vectors?.map((vector) => [...vector]))).toEqual([
      [8, 1, 8, 3, 2, 8].map((length, index) => [10 + index, length]),
      [[20, 1]],
      [
        [30, 5],
        [31, 5],
      ],
    ]);
    expect(outcomes.map(({ record }) => record.promptTokens)).toEqual([30, 1, 10]);
    expect(runner.batches.length).toBeLessThan(6);
    expect(embedder.state).toMatchObject({ running: 0, waiting: 0 });
  });

  test('a request that comes behind a large one is served with its next batch', async () => {
    const barrier = gate();
    const { embed, runner } = start({ onBatch: barrier.wait });
    const large = embed(Array(40).fill(4), 100);
    await barrier.entered;
    const small = embed([4], 1);
    barrier.open();
    await small.done;
    expect(runner.batches.length).toBeLessThanOrEqual(3);
    expect(runner.batches[1]).toContain(1);
    await large.done;
  });

  test('more requests than fit a batch take turns', async () => {
    const { embed, runner } = start();
    const jobs = Array.from({ length: 8 }, (_, index) => embed(Array(3).fill(4), index * 10));
    await Promise.all(jobs.map((job) => job.done));
    const firsts = runner.batches.map((batch) => batch.map((token) => Math.floor(token / 10)));
    expect(firsts.slice(0, 2).flat().toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(firsts).toHaveLength(6);
  });

  test('a cancelled request ends without vectors, is billed for what was computed, and others go on', async () => {
    const barrier = gate();
    const { embed } = start({ onBatch: barrier.wait });
    const leaving = embed(Array(40).fill(4), 100);
    const staying = embed([4], 1);
    await barrier.entered;
    leaving.cancel();
    barrier.open();
    expect(await leaving.done).toMatchObject({
      vectors: null,
      error: null,
      record: { finishReason: 'abort', promptTokens: 12 },
    });
    expect((await staying.done).vectors).toHaveLength(1);
  });

  test('a batch that fails ends the requests in it, and the next request is served', async () => {
    let isBroken = true;
    const { embed, records } = start({
      onBatch: () => {
        if (isBroken) throw new Error('out of luck');
      },
    });
    expect(await embed([3]).done).toMatchObject({ vectors: null, error: { kind: 'failed', code: 'engine_failed' } });
    isBroken = false;
    expect((await embed([3]).done).vectors).toHaveLength(1);
    expect(records.map((record) => record.finishReason)).toEqual(['error', 'stop']);
  });

  test('a request that takes longer than it may ends with the reason', async () => {
    let nowMs = 0;
    const onBatch = () => {
      nowMs += 600;
    };
    const { embed } = start({ nowMs: () => nowMs, onBatch });
    const outcome = await embed(Array(40).fill(8), 1, 1).done;
    expect(outcome).toMatchObject({ vectors: null, error: { kind: 'deadline' }, record: { promptTokens: 32 } });
  });

  test('refuses when the queue is full of requests or of tokens, and says when to come again', async () => {
    const barrier = gate();
    const limits = { maxWaiting: 2, maxWaitingTokens: 100 };
    const refusal = expect.objectContaining({
      kind: 'overloaded',
      code: 'queue_full',
      retryAfterSeconds: expect.any(Number),
    });
    const byRequests = start({ ...limits, onBatch: barrier.wait });
    const jobs = [byRequests.embed([1]), byRequests.embed([1])];
    expect(() => byRequests.embed([1])).toThrow(refusal);
    const byTokens = start({ ...limits, onBatch: barrier.wait });
    jobs.push(byTokens.embed(Array(20).fill(8)));
    expect(() => byTokens.embed([1])).toThrow(refusal);
    barrier.open();
    await Promise.all(jobs.map((job) => job.done));
    expect((await byTokens.embed([1]).done).vectors).toHaveLength(1);
  });

  test('refuses an empty input and one that is too long, with its number and the limit', () => {
    const { embed } = start();
    expect(() => embed([1, 0])).toThrow(/input\[1\] is empty/);
    expect(() => embed([1, 2, 9])).toThrow(/input\[2\] has 9 tokens.*8/);
  });

  test('drains: what runs ends, what comes is refused, and after the grace the rest is aborted', async () => {
    const { embed, embedder } = start();
    const job = embed(Array(10).fill(8));
    await embedder.drain(60);
    expect((await job.done).vectors).toHaveLength(10);
    expect(() => embed([1])).toThrow(expect.objectContaining({ kind: 'draining' }));

    const barrier = gate();
    const stuck = start({ onBatch: barrier.wait });
    const left = stuck.embed(Array(10).fill(8));
    await barrier.entered;
    const drained = stuck.embedder.drain(0);
    setTimeout(barrier.open, 5);
    await drained;
    expect(await left.done).toMatchObject({ vectors: null, error: { kind: 'draining' } });
  });
});
