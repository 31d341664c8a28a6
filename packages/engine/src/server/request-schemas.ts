import { z } from 'zod';

const tokenId = z.int().min(0);

const samplingFields = {
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish(),
      /** continuous_usage_stats (vLLM's name) puts the usage so far on every piece. */
      continuous_usage_stats: z.boolean().nullish(),
    })
    .nullish(),
  max_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  repetition_penalty: z.number().gt(0).max(10).nullish(),
  seed: z.int().nullish(),
  n: z.int().min(1).max(16).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  logit_bias: z.record(z.string().regex(/^\d+$/, 'keys must be token ids'), z.number().min(-100).max(100)).nullish(),
  ignore_eos: z.boolean().nullish(),
  min_tokens: z.int().min(0).nullish(),
  priority: z.int().nullish(),
  cache_salt: z.string().max(256).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: z.string().nullish(), schema: z.record(z.string(), z.unknown()) }),
      }),
    ])
    .nullish(),
};

const textPart = z.object({ type: z.literal('text'), text: z.string() });

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
  name: z.string().optional(),
  tool_call_id: z.string().optional(),
  tool_calls: z
    .array(
      z.object({
        id: z.string(),
        type: z.literal('function'),
        function: z.object({ name: z.string(), arguments: z.string() }),
      }),
    )
    .nullish(),
});

const tool = z.object({
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().min(1), parameters: z.record(z.string(), z.unknown()).optional() }),
});

/** chatCompletionRequest is the body of POST /v1/chat/completions; unknown fields are ignored. */
export const chatCompletionRequest = z.object({
  ...samplingFields,
  messages: z.array(message).min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  chat_template_kwargs: z.record(z.string(), z.unknown()).nullish(),
});

/** completionRequest is the body of POST /v1/completions. */
export const completionRequest = z.object({
  ...samplingFields,
  prompt: z.union([z.string(), z.array(z.string()).min(1), z.array(tokenId).min(1), z.array(z.array(tokenId)).min(1)]),
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
  suffix: z.null().optional(),
  best_of: z.literal(1).nullish(),
});

/** embeddingRequest is the body of POST /v1/embeddings; `input` has a check of its own that can say which entry is wrong. */
export const embeddingRequest = z.object({
  input: z.unknown(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().nullish(),
});

/** tokenizeRequest is the body of POST /tokenize: a text, or messages as the chat template renders them. */
export const tokenizeRequest = z.union([
  z.object({ prompt: z.string(), add_special_tokens: z.boolean().nullish() }),
  z.object({ messages: z.array(message).min(1), add_generation_prompt: z.boolean().nullish() }),
]);

/** detokenizeRequest is the body of POST /detokenize. */
export const detokenizeRequest = z.object({ tokens: z.array(tokenId) });

/** ChatCompletionRequest is a checked chat request. */
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;
/** CompletionRequest is a checked completion request. */
export type CompletionRequest = z.infer<typeof completionRequest>;
/** RequestMessage is a message as clients send it. */
export type RequestMessage = z.infer<typeof message>;
/** SamplingFields are what both kinds of request have in common. */
export type SamplingFields = Pick<CompletionRequest, Exclude<keyof typeof samplingFields, 'prompt'>>;
