import type { FinishReason, GenerationRecord } from '../engine/generation.ts';

/** UsageRecord is the account of one request, for the ledger. Times are milliseconds; with several choices, of the slowest. */
export interface UsageRecord {
  requestId: string;
  model: string;
  kind: 'chat' | 'completion' | 'embedding';
  promptTokens: number;
  /** cachedTokens of the prompt were not computed again. */
  cachedTokens: number;
  completionTokens: number;
  finishReasons: FinishReason[];
  queueMs: number;
  prefillMs: number;
  decodeMs: number;
  totalMs: number;
  timeToFirstTokenMs: number | null;
  kvBlockSeconds: number;
  preemptions: number;
}

/** summarise adds the choices of one request up; each different prompt counts once, however many choices it has. */
export function summarise(
  request: { requestId: string; model: string; kind: UsageRecord['kind']; choicesPerPrompt: number },
  records: readonly GenerationRecord[],
): UsageRecord {
  const sum = (pick: (record: GenerationRecord) => number) =>
    records.reduce((total, record) => total + pick(record), 0);
  const slowest = (pick: (record: GenerationRecord) => number) => Math.max(0, ...records.map(pick));
  const prompts = records.filter((_, index) => index % request.choicesPerPrompt === 0);
  const firstTokens = records.flatMap((record) => record.timeToFirstTokenMs ?? []);
  return {
    requestId: request.requestId,
    model: request.model,
    kind: request.kind,
    promptTokens: prompts.reduce((total, record) => total + record.promptTokens, 0),
    cachedTokens: prompts.reduce((total, record) => total + record.cachedTokens, 0),
    completionTokens: sum((record) => record.completionTokens),
    finishReasons: records.map((record) => record.finishReason),
    queueMs: slowest((record) => record.queueMs),
    prefillMs: slowest((record) => record.prefillMs),
    decodeMs: slowest((record) => record.decodeMs),
    totalMs: slowest((record) => record.totalMs),
    timeToFirstTokenMs: firstTokens.length === 0 ? null : Math.min(...firstTokens),
    kvBlockSeconds: sum((record) => record.kvBlockSeconds),
    preemptions: sum((record) => record.preemptions),
  };
}

/** toUsage is OpenAI's usage object; `slipway` in it carries the rest of the account to the gateway. */
export function toUsage(record: UsageRecord) {
  return {
    prompt_tokens: record.promptTokens,
    completion_tokens: record.completionTokens,
    total_tokens: record.promptTokens + record.completionTokens,
    prompt_tokens_details: { cached_tokens: record.cachedTokens },
    slipway: {
      queue_ms: round(record.queueMs),
      prefill_ms: round(record.prefillMs),
      decode_ms: round(record.decodeMs),
      ttft_ms: record.timeToFirstTokenMs === null ? null : round(record.timeToFirstTokenMs),
      kv_block_seconds: round(record.kvBlockSeconds),
    },
  };
}

/** toEmbeddingUsage is the usage object of an answer with embeddings. */
export function toEmbeddingUsage(record: UsageRecord) {
  return {
    prompt_tokens: record.promptTokens,
    total_tokens: record.promptTokens,
    slipway: { queue_ms: round(record.queueMs), prefill_ms: round(record.prefillMs) },
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
