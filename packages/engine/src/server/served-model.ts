import type { ChatTemplate } from '../chat/chat-template.ts';
import type { Embedder } from '../embedding/embedder.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunnerModel, Tokenizer } from '../runner/port.ts';
import type { UsageRecord } from './accounting.ts';
import { HttpError } from './http-error.ts';

interface ServedBase {
  name: string;
  createdSeconds: number;
  model: RunnerModel;
  tokenizer: Tokenizer;
  /** contextTokens is the longest sequence. */
  contextTokens: number;
  requestTimeoutSeconds: number | null;
  onFinished: (record: UsageRecord) => void;
}

/** GeneratingModel is a served model that writes text. */
export interface GeneratingModel extends ServedBase {
  kind: 'generation';
  engine: Engine;
  /** chatTemplate is null when the model has none. */
  chatTemplate: ChatTemplate | null;
  /** defaultSystemMessage is put before messages that have no system message. */
  defaultSystemMessage: string | null;
}

/** EmbeddingModel is a served model that turns texts into vectors. */
export interface EmbeddingModel extends ServedBase {
  kind: 'embedding';
  embedder: Embedder;
}

/** ServedModel is the model behind a server. */
export type ServedModel = GeneratingModel | EmbeddingModel;

/** asGenerating refuses a request for text to a model that gives embeddings. */
export function asGenerating(served: ServedModel): GeneratingModel {
  if (served.kind === 'generation') return served;
  throw wrongKind(`${served.name} gives embeddings and generates no text: use /v1/embeddings`);
}

/** asEmbedding refuses a request for embeddings to a model that generates text. */
export function asEmbedding(served: ServedModel): EmbeddingModel {
  if (served.kind === 'embedding') return served;
  throw wrongKind(`${served.name} generates text and gives no embeddings: use /v1/chat/completions or /v1/completions`);
}

function wrongKind(message: string): HttpError {
  return new HttpError(400, message, { code: 'unsupported_by_model', param: 'model' });
}
