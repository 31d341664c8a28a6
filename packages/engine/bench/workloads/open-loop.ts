import type { Completion, CompletionRequest } from '../http/completion-client.ts';
import { quantile, sum } from '../report/stats.ts';
import type { ServerUnderTest } from '../servers/server-under-test.ts';
import { Random } from './distributions.ts';
import { randomPrompt } from './random-prompt.ts';

/** TimedRequest is sent so long after the workload began, whatever became of the others. */
export interface TimedRequest extends CompletionRequest {
  atMs: number;
}

/** LoadResult is what one pass of a workload showed. */
export interface LoadResult {
  seconds: number;
  tokensPerSecond: number;
  ttftP50Ms: number;
  ttftP99Ms: number;
  gapP99Ms: number;
  cachedTokens: number;
  cpuSeconds: number | null;
}

/** shareGptLike makes requests with the lengths of ShareGPT's conversations, divided so that a small machine can take them. */
export function shareGptLike(options: {
  count: number;
  divisor: number;
  vocabSize: number;
  seed: number;
}): CompletionRequest[] {
  const random = new Random(options.seed);
  const length = (mu: number, sigma: number) => {
    const tokens = Math.min(1024, Math.max(4, random.lognormal(mu, sigma)));
    return Math.max(2, Math.round(tokens / options.divisor));
  };
  return Array.from({ length: options.count }, (_, number) => ({
    prompt: randomPrompt(length(4.6, 1.2), options.vocabSize, options.seed * 10_000 + number),
    maxTokens: length(4.9, 0.9),
  }));
}

/** arriving spreads requests over time; `gap` draws the time between two, in seconds. */
export function arriving(requests: readonly CompletionRequest[], gap: () => number): TimedRequest[] {
  let atMs = 0;
  return requests.map((request) => {
    const timed = { ...request, atMs };
    atMs += gap() * 1000;
    return timed;
  });
}

/** runOpenLoop sends every request at its time and waits for all answers. */
export async function runOpenLoop(server: ServerUnderTest, requests: readonly TimedRequest[]): Promise<LoadResult> {
  return measureLoad(server, () =>
    Promise.all(
      requests.map(async ({ atMs, ...request }) => {
        if (atMs > 0) await new Promise((resolve) => setTimeout(resolve, atMs));
        return server.complete(request);
      }),
    ),
  );
}

/** measureLoad turns the completions of `run` into figures. */
export async function measureLoad(server: ServerUnderTest, run: () => Promise<Completion[]>): Promise<LoadResult> {
  const cpuBefore = server.cpuSeconds();
  const startedMs = performance.now();
  const completions = await run();
  const seconds = (performance.now() - startedMs) / 1000;
  const cpuAfter = server.cpuSeconds();
  const firsts = completions.map((completion) => completion.ttftMs);
  return {
    seconds,
    tokensPerSecond: sum(completions.map((completion) => completion.completionTokens)) / seconds,
    ttftP50Ms: quantile(firsts, 0.5),
    ttftP99Ms: quantile(firsts, 0.99),
    gapP99Ms: quantile(
      completions.flatMap((completion) => completion.gapsMs),
      0.99,
    ),
    cachedTokens: sum(completions.map((completion) => completion.cachedTokens)),
    cpuSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
  };
}
