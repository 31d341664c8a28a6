import type { DecodeOutcome, LlamaContext, TokenBatch } from '../llama/index.ts';
import type { ThreadGovernor } from './thread-governor.ts';

/** governedDecode computes a batch with as many threads as the governor thinks best, and lets it learn from the step. */
export async function governedDecode(
  context: LlamaContext,
  batch: TokenBatch,
  governor: ThreadGovernor,
): Promise<DecodeOutcome> {
  const { threads } = governor;
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  const outcome = await context.decode(batch);
  const nowMs = performance.now();
  const cpu = process.cpuUsage(startedCpu);
  governor.observe({ wallMs: nowMs - startedMs, cpuMs: (cpu.user + cpu.system) / 1000, nowMs });
  if (governor.threads !== threads) context.setThreads(governor.threads);
  return outcome;
}
