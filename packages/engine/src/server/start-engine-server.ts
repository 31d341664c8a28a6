import { loadLlamaEmbeddingRunner } from '../embedding/llama-embedding-runner.ts';
import { readModelTask } from '../embedding/model-task.ts';
import type { Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/errors.ts';
import { LlamaError } from '../llama/index.ts';
import { DEFAULT_HOST_BYTES } from '../runner/host-cache-plan.ts';
import type { KvLayout } from '../runner/kv-memory-plan.ts';
import { loadLlamaRunner } from '../runner/load-llama-runner.ts';
import type { AdapterFile } from '../runner/lora-adapters.ts';
import type { ModelRunner } from '../runner/port.ts';
import { loadDrafter, type SpeculationOptions } from '../speculation/load-drafter.ts';
import type { UsageRecord } from './accounting.ts';
import { EngineHttpServer } from './http-server.ts';
import { serveEmbeddings } from './serve-embeddings.ts';
import { serveGenerations } from './serve-generations.ts';
import type { Serving } from './serving.ts';

/** EngineServerOptions say what is served, where, and with how much of the machine. */
export interface EngineServerOptions {
  /** modelPath is a GGUF file: of a model that generates text, or of one that gives embeddings. */
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
  /** maxSequences are computed together (default 8); inputs of embeddings are as many as fit a step. */
  maxSequences?: number;
  /** kvTokens is the size of the KV cache for all sequences together (default: a whole context for each, up to 1 GiB). */
  kvTokens?: number;
  /** cachedTokens of finished requests are kept for prompts that begin alike (default: up to 512 MiB of them, 4,096 in a unified KV cache). */
  cachedTokens?: number;
  /** hostCacheBytes of memory keep what falls out of the KV cache (default: 256 MiB with a disk cache; without, none beside a split cache, at most 256 MiB beside a unified one). */
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
  /** kvLayout: see KvLayout (default `auto`). */
  kvLayout?: KvLayout | 'auto';
  /** kernels: see LlamaRunnerOptions (default true). */
  kernels?: boolean;
  /** adapters are LoRA GGUFs; a request asks for one as `model:adapter`. */
  adapters?: readonly AdapterFile[];
  /** speculation guesses next tokens and checks several in one step; answers stay the same (default: none). */
  speculation?: SpeculationOptions | null;
  /** tenantWeights say how much more than others a tenant (x-slipway-tenant) gets when they compete (default 1 each). */
  tenantWeights?: ReadonlyMap<string, number>;
  maxWaiting?: number;
  /** defaultSystemMessage is put before chats that have none; many templates put their own otherwise. */
  defaultSystemMessage?: string;
  /** requestTimeoutSeconds ends a request that takes longer, waiting included (default 600; null: never). */
  requestTimeoutSeconds?: number | null;
  /** maxBodyBytes of a request (default 10 MiB, as the gateway's). */
  maxBodyBytes?: number;
  /** onListening is called before the model is loaded: from then on /health answers. */
  onListening?: (port: number) => void;
  /** onFinished gets the account of every request, also of aborted ones. */
  onFinished?: (record: UsageRecord) => void;
}

/** EngineServer is a running server. */
export interface EngineServer {
  readonly port: number;
  /** engine is null when the model gives embeddings. */
  readonly engine: Engine | null;
  /** computesWith says what computes the model, and why nothing faster does. */
  readonly computesWith: string;
  /** close lets running requests finish for `graceSeconds` (default 30), then ends them and frees the model. */
  close(options?: { graceSeconds?: number }): Promise<void>;
}

const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;
const DEFAULT_GRACE_SECONDS = 30;

/** startEngineServer resolves when the model is ready to answer; it throws with the reason when it cannot be loaded. */
export async function startEngineServer(options: EngineServerOptions): Promise<EngineServer> {
  const { port, serving, close } = await start(options, () => loadModel(options));
  const { model } = serving;
  const { computesWith } = model.model;
  return { port, engine: model.kind === 'generation' ? model.engine : null, computesWith, close };
}

/** startServerWithRunner serves any runner of a generating model; tests use it with a scripted one. */
export async function startServerWithRunner(
  options: RunnerlessOptions,
  loadRunner: () => Promise<{ runner: ModelRunner; contextTokens: number; hostCacheBytes?: number }>,
): Promise<EngineServer & { engine: Engine }> {
  const { port, serving, close } = await start(options, async () => serveGenerations(options, await loadRunner()));
  const { engine, model } = serving.model;
  return { port, engine, computesWith: model.computesWith, close };
}

type RunnerlessOptions = Omit<EngineServerOptions, 'modelPath' | 'threads'>;

async function loadModel(options: EngineServerOptions): Promise<Serving> {
  const task = readModelTask(options.modelPath);
  switch (task.kind) {
    case 'generation':
      return loadGenerations(options);
    case 'embedding':
      return serveEmbeddings(options, await loadLlamaEmbeddingRunner(options, task.pooling));
    case 'unsupported':
      throw new LlamaError(task.reason);
  }
}

async function loadGenerations(options: EngineServerOptions): Promise<Serving> {
  const throughHost = options.diskCacheDir === undefined ? {} : { hostCacheBytes: DEFAULT_HOST_BYTES };
  const { runner, contextTokens, hostCacheBytes } = await loadLlamaRunner({ ...throughHost, ...options });
  try {
    const { speculation = null, threads } = options;
    const { maxSequences, tokenizer } = runner;
    const drafter = await loadDrafter(speculation, { threads, contextTokens, maxSequences, tokenizer });
    return await serveGenerations(options, { runner, contextTokens, hostCacheBytes, drafter });
  } catch (error) {
    runner.close();
    throw error;
  }
}

async function start<S extends Serving>(options: RunnerlessOptions, load: () => Promise<S>) {
  assertTierOptions(options);
  const http = new EngineHttpServer({
    modelNames: [options.modelName, ...(options.modelAliases ?? [])],
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  });
  const port = await http.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  options.onListening?.(port);
  try {
    const serving = await load();
    http.serve(serving.model, serving.registry);
    return { port, serving, close: createClose(http, serving) };
  } catch (error) {
    await http.close();
    throw error;
  }
}

function assertTierOptions({ hostCacheBytes, diskCacheDir }: RunnerlessOptions): void {
  if (diskCacheDir === undefined || hostCacheBytes !== 0) return;
  const message = 'A disk cache needs a host cache, because blocks pass through it: hostCacheBytes must not be 0';
  throw new EngineError('invalid', message, { code: 'invalid_tiers' });
}

function createClose(http: EngineHttpServer, serving: Serving) {
  let closing: Promise<void> | null = null;
  const close = async (graceSeconds: number) => {
    http.drain();
    await serving.drain(graceSeconds);
    await http.close();
    await serving.persist();
    serving.free();
  };
  return (options: { graceSeconds?: number } = {}): Promise<void> => {
    closing ??= close(options.graceSeconds ?? DEFAULT_GRACE_SECONDS);
    return closing;
  };
}
