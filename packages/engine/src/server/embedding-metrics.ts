import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EmbedderObserver, EmbedderState } from '../embedding/embedder.ts';
import type { FinishReason } from '../engine/generation.ts';
import { lengthBuckets, REQUEST, STEP_TOKENS } from './metrics.ts';

/** EmbeddingMetrics counts what an embedder does and writes it in Prometheus' format, under vLLM's names. */
export interface EmbeddingMetrics {
  readonly registry: Registry;
  readonly observer: EmbedderObserver;
}

const REASONS: readonly FinishReason[] = ['stop', 'length', 'abort', 'error'];

/** createEmbeddingMetrics makes the metrics of one embedder; `readState` is called at every scrape. */
export function createEmbeddingMetrics(options: {
  modelName: string;
  maxInputTokens: number;
  readState: () => EmbedderState;
}): EmbeddingMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ model_name: options.modelName, engine: '0' });
  const registers = [registry];
  const histogram = (name: string, help: string, buckets = REQUEST) =>
    new Histogram({ name: `vllm:${name}`, help, buckets, registers });
  const gauge = (name: string, help: string, read: (state: EmbedderState) => number) =>
    new Gauge({
      name: `vllm:${name}`,
      help,
      registers,
      collect() {
        this.set(read(options.readState()));
      },
    });
  gauge('num_requests_running', 'Requests being computed', (state) => state.running);
  gauge('num_requests_waiting', 'Requests in the queue', (state) => state.waiting);
  const success = new Counter<'finished_reason'>({
    name: 'vllm:request_success_total',
    help: 'Requests that ended, by reason',
    labelNames: ['finished_reason'],
    registers,
  });
  for (const reason of REASONS) success.inc({ finished_reason: reason }, 0);
  const promptTokens = new Counter({ name: 'vllm:prompt_tokens_total', help: 'Tokens computed', registers });
  const total = histogram('e2e_request_latency_seconds', 'Arrival to end');
  const queue = histogram('request_queue_time_seconds', 'Arrival to first batch');
  const inference = histogram('request_inference_time_seconds', 'First batch to end');
  const lengths = lengthBuckets(options.maxInputTokens);
  const requestPrompt = histogram('request_prompt_tokens', 'Tokens per request', lengths);
  const iteration = histogram('iteration_tokens_total', 'Tokens per batch', STEP_TOKENS);
  return {
    registry,
    observer: {
      onBatch: (tokens) => {
        promptTokens.inc(tokens);
        iteration.observe(tokens);
      },
      onFinished: (record) => {
        success.inc({ finished_reason: record.finishReason });
        total.observe(record.totalMs / 1000);
        queue.observe(record.queueMs / 1000);
        inference.observe(record.computeMs / 1000);
        requestPrompt.observe(record.promptTokens);
      },
    },
  };
}
