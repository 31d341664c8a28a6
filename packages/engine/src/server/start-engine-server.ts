import { ChatTemplate } from '../chat/chat-template.ts';
import { knownSystemMessage } from '../chat/known-system-message.ts';
import { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/errors.ts';
import { openTieredCache } from '../kv-cache/tiers/open-tiered-cache.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';
import { loadLlamaRunner } from '../runner/llama-runner.ts';
import type { ModelRunner } from '../runner/port.ts';
import type { UsageRecord } from './accounting.ts';
import { EngineHttpServer } from './http-server.ts';
import { createMetrics, type EngineMetrics } from './metrics.ts';
import { registerTierMetrics } from './tier-metrics.ts';

/** EngineServerOptions say what is served, where, and with how much of the machine. */
export interface EngineServerOptions {
  /** modelPath is a GGUF file. */
  modelPath: string;
  /** modelName is what requests must name; the aliases are accepted too. */
  modelName: string;
  modelAliases?: readonly string[];
  /** host defaults to 127.0.0.1; port 0 (the default) takes a free one. */
  host?: string;
  port?: number;
  /** threads are for computing; leave room for other processes, because ggml's threads spin while they wait. */
  threads: number;
  /** contextTokens is the longest sequence (default: what the model was trained for, at most 2,048). */
  contextTokens?: number;
  /** maxSequences are computed together (default 8). */
  maxSequences?: number;
  /** kvTokens is the size of the KV cache for all sequences together (default: a whole context for each, up to 1 GiB). */
  kvTokens?: number;
  /** cachedTokens of finished requests are kept for prompts that begin alike (default 4,096). */
  cachedTokens?: number;
  /** hostCacheBytes of memory keep what falls out of the KV cache (default: a quarter of what the memory budget leaves, at most 256 MiB; 0: none). */
  hostCacheBytes?: number;
  /** diskCacheDir keeps what falls out of host memory, and outlives the process (default: none); it needs a host cache. */
  diskCacheDir?: string;
  /** diskCacheBytes bounds the files of this model there (default 4 GiB). */
  diskCacheBytes?: number;
  /** memoryBudgetBytes bounds weights, KV cache and host cache together (default: the memory that is available). */
  memoryBudgetBytes?: number;
  gpuLayers?: number;
  blockTokens?: number;
  stepTokens?: number;
  mixedPrefillTokens?: number;
  /** batchInvariant: see LlamaRunnerOptions; prompts take up to a third longer. */
  batchInvariant?: boolean;
  maxWaiting?: number;
  /** defaultSystemMessage is put before chats that have none; many templates put their own otherwise. */
  defaultSystemMessage?: string;
  /** requestTimeoutSeconds ends a request that takes longer, waiting included (default 600; null: never). */
  requestTimeoutSeconds?: number | null;
  /** maxBodyBytes of a request (default 8 MiB). */
  maxBodyBytes?: number;
  /** onListening is called before the model is loaded: from then on /health answers. */
  onListening?: (port: number) => void;
  /** onFinished gets the account of every request, also of aborted ones. */
  onFinished?: (record: UsageRecord) => void;
}

/** EngineServer is a running server. */
export interface EngineServer {
  readonly port: number;
  readonly engine: Engine;
  /** close lets running requests finish for `graceSeconds` (default 30), then ends them and frees the model. */
  close(options?: { graceSeconds?: number }): Promise<void>;
}

const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;
const DEFAULT_REQUEST_TIMEOUT_SECONDS = 600;
const DEFAULT_GRACE_SECONDS = 30;
// Enough for the default host cache on a slow disk.
const PERSIST_SECONDS = 3;

/** startEngineServer resolves when the model is ready to answer; it throws with the reason when it cannot be loaded. */
export async function startEngineServer(options: EngineServerOptions): Promise<EngineServer> {
  return startServerWithRunner(options, () => loadLlamaRunner(options));
}

/** startServerWithRunner serves any runner; tests use it with a scripted one. */
export async function startServerWithRunner(
  options: Omit<EngineServerOptions, 'modelPath' | 'threads'>,
  loadRunner: () => Promise<{ runner: ModelRunner; contextTokens: number; hostCacheBytes?: number }>,
): Promise<EngineServer> {
  assertTierOptions(options);
  const http = new EngineHttpServer({
    modelNames: [options.modelName, ...(options.modelAliases ?? [])],
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  });
  const port = await http.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  options.onListening?.(port);
  try {
    const { runner, contextTokens, hostCacheBytes = options.hostCacheBytes ?? 0 } = await loadRunner();
    const cacheBelow = await openTieredCache(runner.blockTransfer, { ...options, hostCacheBytes });
    const { engine, metrics } = createEngine(options, { runner, contextTokens, cacheBelow });
    const template = runner.model.chatTemplate;
    const { bosText, eosText } = runner.tokenizer;
    http.serve(
      {
        name: options.modelName,
        createdSeconds: Math.floor(Date.now() / 1000),
        engine,
        chatTemplate: template === null ? null : new ChatTemplate(template, { bosText, eosText }),
        defaultSystemMessage: options.defaultSystemMessage ?? knownSystemMessage(template),
        requestTimeoutSeconds:
          options.requestTimeoutSeconds === undefined ? DEFAULT_REQUEST_TIMEOUT_SECONDS : options.requestTimeoutSeconds,
        onFinished: options.onFinished ?? (() => undefined),
      },
      metrics.registry,
    );
    return { port, engine, close: createClose(http, engine) };
  } catch (error) {
    await http.close();
    throw error;
  }
}

function assertTierOptions({ hostCacheBytes, diskCacheDir }: Partial<EngineServerOptions>): void {
  if (diskCacheDir === undefined || hostCacheBytes !== 0) return;
  const message = 'A disk cache needs a host cache, because blocks pass through it: hostCacheBytes must not be 0';
  throw new EngineError('invalid', message, { code: 'invalid_tiers' });
}

function createEngine(
  options: Omit<EngineServerOptions, 'modelPath' | 'threads'>,
  { runner, contextTokens, cacheBelow }: { runner: ModelRunner; contextTokens: number; cacheBelow: TieredCache | null },
): { engine: Engine; metrics: EngineMetrics } {
  const metrics = createMetrics({
    modelName: options.modelName,
    contextTokens,
    blockTokens: runner.blockTokens,
    totalBlocks: runner.totalBlocks,
    readState: () => engine.state,
  });
  const engine = new Engine({
    runner,
    contextTokens,
    cacheBelow,
    observer: metrics.observer,
    ...(options.maxSequences === undefined ? {} : { maxSequences: options.maxSequences }),
    ...(options.stepTokens === undefined ? {} : { stepTokens: options.stepTokens }),
    ...(options.mixedPrefillTokens === undefined ? {} : { mixedPrefillTokens: options.mixedPrefillTokens }),
    ...(options.maxWaiting === undefined ? {} : { maxWaiting: options.maxWaiting }),
  });
  if (cacheBelow !== null) registerTierMetrics(metrics.registry, cacheBelow);
  return { engine, metrics };
}

function createClose(http: EngineHttpServer, engine: Engine) {
  let closing: Promise<void> | null = null;
  const close = async (graceSeconds: number) => {
    http.drain();
    await engine.drain(graceSeconds);
    await http.close();
    await engine.persist(PERSIST_SECONDS);
    engine.runner.close();
  };
  return (options: { graceSeconds?: number } = {}): Promise<void> => {
    closing ??= close(options.graceSeconds ?? DEFAULT_GRACE_SECONDS);
    return closing;
  };
}
