import { z } from 'zod';
import { runChild } from '../processes/child.ts';

/** BatchedBenchSpec is one measurement of llama-batched-bench. */
export interface BatchedBenchSpec {
  modelPath: string;
  threads: number;
  users: number;
  promptTokens: number;
  outputTokens: number;
  /** isUnified puts all sequences in one KV buffer, as our engine does; else each has its own. */
  isUnified: boolean;
}

/** BatchedBenchResult is what it prints, in tokens per second. */
export interface BatchedBenchResult {
  prefill: number;
  decode: number;
  cpuSeconds: number;
}

const printed = z.object({ speed_pp: z.number(), speed_tg: z.number() });
const TIMEOUT_SECONDS = 900;
// llama.cpp rounds a sequence's room up to it.
const CONTEXT_STEP = 256;

/** runBatchedBench measures llama.cpp with its own tool. */
export async function runBatchedBench(binary: string, spec: BatchedBenchSpec): Promise<BatchedBenchResult> {
  const room = Math.ceil((spec.promptTokens + spec.outputTokens) / CONTEXT_STEP) * CONTEXT_STEP;
  const { output, cpuSeconds } = await runChild(
    binary,
    [
      ...['-m', spec.modelPath, '-t', String(spec.threads), '-fa', 'on', '-c', String(room * spec.users)],
      ...['-npp', String(spec.promptTokens), '-ntg', String(spec.outputTokens), '-npl', String(spec.users)],
      ...['--output-format', 'jsonl', ...(spec.isUnified ? ['-kvu'] : [])],
    ],
    TIMEOUT_SECONDS,
  );
  const line = output.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`llama-batched-bench printed no result: ${output.slice(-500)}`);
  const { speed_pp: prefill, speed_tg: decode } = printed.parse(JSON.parse(line));
  return { prefill, decode, cpuSeconds };
}
