import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EngineState } from '../engine/engine.ts';
import type { FinishReason } from '../engine/generation.ts';
import type { EngineObserver } from '../engine/observer.ts';

// The names, labels and buckets are vLLM's, so that its dashboards, autoscaling rules and routers work unchanged.
const FIRST_TOKEN = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
];
const BETWEEN_TOKENS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
/** REQUEST are the buckets of whole requests, in seconds. */
export const REQUEST = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];
/** STEP_TOKENS are the buckets of tokens computed together. */
export const STEP_TOKENS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];

/** EngineMetrics counts what the engine does and writes it in Prometheus' format. */
export interface EngineMetrics {
  readonly registry: Registry;
  readonly observer: EngineObserver;
}

/** createMetrics makes the metrics of one engine; `readState` is called at every scrape. */
export function createMetrics(options: {
  modelName: string;
  contextTokens: number;
  blockTokens: number;
  totalBlocks: number;
  readState: () => EngineState;
}): EngineMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ model_name: options.modelName, engine: '0' });
  registerGauges(registry, options);
  const requestHistogram = (name: string, help: string, buckets = REQUEST) =>
    new Histogram({ name: `vllm:${name}`, help, buckets, registers: [registry] });
  const counter = (name: string, help: string) =>
    new Counter({ name: `vllm:${name}_total`, help, registers: [registry] });
  const lengths = lengthBuckets(options.contextTokens);
  const success = new Counter<'finished_reason'>({
    name: 'vllm:request_success_total',
    help: 'Requests that ended, by reason',
    labelNames: ['finished_reason'],
    registers: [registry],
  });
  const reasons: FinishReason[] = ['stop', 'length', 'abort', 'error'];
  for (const reason of reasons) success.inc({ finished_reason: reason }, 0);
  const metrics = {
    promptTokens: counter('prompt_tokens', 'Prompt tokens of started requests, cached ones too'),
    promptTokensCached: counter('prompt_tokens_cached', 'Prompt tokens that needed no computing'),
    generationTokens: counter('generation_tokens', 'Tokens generated'),
    preemptions: counter('num_preemptions', 'Sequences that gave their KV blocks back and were computed again'),
    drafts: counter('spec_decode_num_drafts', 'Guesses that were checked'),
    draftTokens: counter('spec_decode_num_draft_tokens', 'Tokens guessed'),
    acceptedTokens: counter('spec_decode_num_accepted_tokens', 'Guessed tokens that were right'),
    prefixQueries: counter('prefix_cache_queries', 'Prompt tokens looked up in the prefix cache'),
    prefixHits: counter('prefix_cache_hits', 'Prompt tokens found in the prefix cache'),
    firstToken: requestHistogram('time_to_first_token_seconds', 'Arrival to first token', FIRST_TOKEN),
    betweenTokens: requestHistogram('inter_token_latency_seconds', 'Token to token', BETWEEN_TOKENS),
    perToken: requestHistogram('request_time_per_output_token_seconds', 'Mean time per token', BETWEEN_TOKENS),
    total: requestHistogram('e2e_request_latency_seconds', 'Arrival to end'),
    queue: requestHistogram('request_queue_time_seconds', 'Arrival to first step'),
    inference: requestHistogram('request_inference_time_seconds', 'First step to end'),
    prefill: requestHistogram('request_prefill_time_seconds', 'First step to first token'),
    decode: requestHistogram('request_decode_time_seconds', 'First token to last token'),
    requestPrompt: requestHistogram('request_prompt_tokens', 'Prompt tokens per request', lengths),
    requestGeneration: requestHistogram('request_generation_tokens', 'Generated tokens per request', lengths),
    iteration: requestHistogram('iteration_tokens_total', 'Tokens per step', STEP_TOKENS),
  };
  return { registry, observer: createObserver(metrics, success) };
}

type Metrics = Record<
  | 'promptTokens'
  | 'promptTokensCached'
  | 'generationTokens'
  | 'preemptions'
  | 'drafts'
  | 'draftTokens'
  | 'acceptedTokens'
  | 'prefixQueries'
  | 'prefixHits',
  Counter
> &
  Record<
    | 'firstToken'
    | 'betweenTokens'
    | 'perToken'
    | 'total'
    | 'queue'
    | 'inference'
    | 'prefill'
    | 'decode'
    | 'requestPrompt'
    | 'requestGeneration'
    | 'iteration',
    Histogram
  >;

function createObserver(metrics: Metrics, success: Counter<'finished_reason'>): EngineObserver {
  return {
    onPrefixLookup: (queriedTokens, hitTokens, restoredTokens) => {
      metrics.promptTokens.inc(queriedTokens);
      metrics.prefixQueries.inc(queriedTokens);
      metrics.prefixHits.inc(hitTokens);
      metrics.promptTokensCached.inc(hitTokens + restoredTokens);
    },
    onStep: ({ tokens }) => metrics.iteration.observe(tokens),
    onFirstToken: (milliseconds) => {
      metrics.generationTokens.inc();
      metrics.firstToken.observe(milliseconds / 1000);
    },
    onNextToken: (milliseconds) => {
      metrics.generationTokens.inc();
      metrics.betweenTokens.observe(milliseconds / 1000);
    },
    onDraft: (drafted, accepted) => {
      metrics.drafts.inc();
      metrics.draftTokens.inc(drafted);
      metrics.acceptedTokens.inc(accepted);
    },
    onPreemption: () => metrics.preemptions.inc(),
    onFinished: (record) => {
      success.inc({ finished_reason: record.finishReason });
      metrics.total.observe(record.totalMs / 1000);
      metrics.queue.observe(record.queueMs / 1000);
      metrics.inference.observe((record.totalMs - record.queueMs) / 1000);
      metrics.prefill.observe(record.prefillMs / 1000);
      metrics.decode.observe(record.decodeMs / 1000);
      metrics.requestPrompt.observe(record.promptTokens);
      metrics.requestGeneration.observe(record.completionTokens);
      if (record.completionTokens > 1) {
        metrics.perToken.observe(record.decodeMs / 1000 / (record.completionTokens - 1));
      }
    },
  };
}

function registerGauges(
  registry: Registry,
  options: { blockTokens: number; totalBlocks: number; readState: () => EngineState },
): void {
  const gauge = (name: string, help: string, read: (state: EngineState) => number) =>
    new Gauge({
      name: `vllm:${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(options.readState()));
      },
    });
  gauge('num_requests_running', 'Requests being computed', (state) => state.running);
  gauge('num_requests_waiting', 'Requests in the queue', (state) => state.waiting);
  gauge('kv_cache_usage_perc', 'Share of KV blocks in use (1 is all)', ({ blocks }) => blocks.used / blocks.total);
  new Gauge({
    name: 'vllm:cache_config_info',
    help: 'Size of the KV cache',
    labelNames: ['block_size', 'num_gpu_blocks'],
    registers: [registry],
  }).set({ block_size: String(options.blockTokens), num_gpu_blocks: String(options.totalBlocks) }, 1);
}

/** lengthBuckets are 1, 2, 5, 10, 20, 50 ... up to the context, as vLLM does. */
export function lengthBuckets(contextTokens: number): number[] {
  const buckets: number[] = [];
  for (let power = 1; power <= contextTokens; power *= 10) {
    for (const factor of [1, 2, 5]) if (power * factor <= contextTokens) buckets.push(power * factor);
  }
  return buckets;
}
