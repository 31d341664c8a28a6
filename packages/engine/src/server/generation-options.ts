import { randomInt } from 'node:crypto';
import type { GenerationRequest } from '../engine/generation.ts';
import { JSON_OBJECT_GRAMMAR, jsonSchemaGrammar } from '../sampling/json-schema-grammar.ts';
import type { SamplingFields } from './request-schemas.ts';

/** GenerationSettings are the parts of a request that do not depend on its prompt. */
export interface GenerationSettings {
  fields: SamplingFields;
  maxTokens: number | null;
  /** grammar replaces that of response_format. */
  grammar: string | null;
  topLogprobs: number | null;
  timeoutSeconds: number | null;
  tenant: string;
  adapter: string | null;
}

/** toGenerationRequest makes choice number `choice` of a request; choices differ by their seed. */
export function toGenerationRequest(
  settings: GenerationSettings,
  promptTokens: Int32Array,
  choice: number,
): GenerationRequest {
  const { fields } = settings;
  const { stop } = fields;
  return {
    promptTokens,
    maxTokens: settings.maxTokens,
    timeoutSeconds: settings.timeoutSeconds,
    tenant: settings.tenant,
    adapter: settings.adapter,
    stop: stop == null ? [] : typeof stop === 'string' ? [stop] : stop,
    ignoreEndOfGeneration: fields.ignore_eos ?? false,
    minTokens: fields.min_tokens ?? 0,
    priority: fields.priority ?? 0,
    cacheSalt: fields.cache_salt ?? '',
    grammar: settings.grammar ?? grammarOf(fields),
    sampling: {
      temperature: fields.temperature ?? 1,
      topP: fields.top_p ?? 1,
      topK: Math.max(0, fields.top_k ?? 0),
      minP: fields.min_p ?? 0,
      presencePenalty: fields.presence_penalty ?? 0,
      frequencyPenalty: fields.frequency_penalty ?? 0,
      repetitionPenalty: fields.repetition_penalty ?? 1,
      logitBias: new Map(Object.entries(fields.logit_bias ?? {}).map(([token, bias]) => [Number(token), bias])),
      seed: fields.seed == null ? randomInt(2 ** 47) : fields.seed + choice,
      topLogprobs: settings.topLogprobs,
    },
  };
}

function grammarOf({ response_format: format }: SamplingFields): string | null {
  if (format?.type === 'json_object') return JSON_OBJECT_GRAMMAR;
  if (format?.type === 'json_schema') return jsonSchemaGrammar(format.json_schema.schema);
  return null;
}
