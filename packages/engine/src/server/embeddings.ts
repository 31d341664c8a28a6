import { setImmediate } from 'node:timers/promises';
import type { EmbeddingRecord } from '../embedding/embedder.ts';
import { toEmbeddingUsage, type UsageRecord } from './accounting.ts';
import { encodeInputs } from './embedding-input.ts';
import type { Exchange } from './exchange.ts';
import { HttpError } from './http-error.ts';
import { embeddingRequest } from './request-schemas.ts';
import type { EmbeddingModel } from './served-model.ts';

/** handleEmbeddings answers POST /v1/embeddings: one vector of length 1 per input, in the order of the inputs. */
export async function handleEmbeddings(served: EmbeddingModel, exchange: Exchange, body: unknown): Promise<void> {
  const request = embeddingRequest.parse(body);
  assertDimensions(served, request.dimensions ?? null);
  const inputs = await encodeInputs(served.tokenizer, request.input);
  if (exchange.res.destroyed) return;
  const job = served.embedder.embed(inputs, { timeoutSeconds: served.requestTimeoutSeconds });
  exchange.res.once('close', job.cancel);
  const { vectors, record, error } = await job.done;
  exchange.res.off('close', job.cancel);
  const usage = toUsageRecord(served, exchange, record);
  served.onFinished(usage);
  if (error !== null) throw error;
  // Null without an error means that the client has left.
  if (vectors === null) return;
  const data = await writeData(vectors, request.encoding_format ?? 'float');
  const rest = JSON.stringify({ model: served.name, usage: toEmbeddingUsage(usage) });
  exchange.sendJsonText(200, `{"object":"list","data":${data},${rest.slice(1)}`);
}

// A vector cut short says something only where the model was trained for it, and a GGUF does not tell.
function assertDimensions(served: EmbeddingModel, dimensions: number | null): void {
  const { embeddingSize } = served.embedder.runner;
  if (dimensions === null || dimensions === embeddingSize) return;
  throw new HttpError(400, `${served.name} gives vectors of ${embeddingSize} dimensions, not ${dimensions}`, {
    code: 'invalid_dimensions',
    param: 'dimensions',
  });
}

// Writing this many numbers takes a few milliseconds; then others get a turn.
const TURN_NUMBERS = 16 * 1024;

async function writeData(vectors: readonly Float32Array[], format: 'float' | 'base64'): Promise<string> {
  const entries: string[] = [];
  let sinceTurn = 0;
  for (const [index, vector] of vectors.entries()) {
    const embedding = format === 'base64' ? `"${toBase64(vector)}"` : toJson(vector);
    entries.push(`{"object":"embedding","index":${index},"embedding":${embedding}}`);
    sinceTurn += vector.length;
    if (sinceTurn < TURN_NUMBERS) continue;
    sinceTurn = 0;
    await setImmediate();
  }
  return `[${entries.join(',')}]`;
}

/** toBase64 writes little-endian 32-bit floats, as the OpenAI clients ask for by default. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

// Nine digits give a 32-bit float back exactly; the seventeen of a double would double the answer.
function toJson(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => Number(value.toPrecision(9)))}]`;
}

function toUsageRecord(served: EmbeddingModel, exchange: Exchange, record: EmbeddingRecord): UsageRecord {
  return {
    requestId: exchange.requestId,
    model: served.name,
    kind: 'embedding',
    promptTokens: record.promptTokens,
    cachedTokens: 0,
    completionTokens: 0,
    finishReasons: [record.finishReason],
    queueMs: record.queueMs,
    prefillMs: record.computeMs,
    decodeMs: 0,
    totalMs: record.totalMs,
    timeToFirstTokenMs: null,
    kvBlockSeconds: 0,
    preemptions: 0,
  };
}
