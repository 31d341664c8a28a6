import { z } from 'zod';
import { type Refusal, refusal } from '../http/refusal.ts';

/** MAX_SALT leaves room for the team's id within what engines take. */
const MAX_SALT = 128;
/** MAX_MODEL_ID is two slugs of 48 characters and a slash, with room to spare for a helpful 404. */
const MAX_MODEL_ID = 128;

// Only what the gateway itself reads; the engine judges the rest.
const relayedSchema = z.looseObject({
  model: z
    .string({ error: 'Give the model id as a string in `model`.' })
    .min(1, 'Give a model id in `model`.')
    .max(MAX_MODEL_ID),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  // Lower goes first: a caller may step back behind others, never before them.
  priority: z
    .int({ error: 'Give `priority` as a whole number from 0 (served first) on.' })
    .min(0, 'A `priority` below 0 would push other callers back: use 0 or more.')
    .nullish(),
  cache_salt: z
    .string({ error: 'Give `cache_salt` as a string.' })
    .max(MAX_SALT, `Use at most ${MAX_SALT} characters in \`cache_salt\`.`)
    .nullish(),
});

/** ParsedRequest is an inference request as the gateway needs it. */
export interface ParsedRequest {
  modelId: string;
  isStream: boolean;
  /** wantsUsage says that the client itself asked for the usage chunk. */
  wantsUsage: boolean;
  /** upstreamBody is the JSON sent to replicas; streams always ask for usage, and the prefix cache is the team's own. */
  upstreamBody: string;
}

/** ParseResult is the parsed request or the 400 that says what is wrong. */
export type ParseResult = { kind: 'parsed'; request: ParsedRequest } | { kind: 'refused'; refusal: Refusal };

/** parseRequest reads the body of a relayed route that a team's key sent. */
export function parseRequest(bytes: Buffer, canStream: boolean, teamId: string): ParseResult {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    return bad('The body is not valid JSON.');
  }
  const parsed = relayedSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? '';
    if (param === '') return bad('The body must be a JSON object.');
    return bad(issue?.message ?? 'The body is not valid.', param);
  }
  const request = parsed.data;
  const isStream = canStream && request.stream === true;
  const wantsUsage = request.stream_options?.include_usage === true;
  // How fast a prompt is answered tells whether it was asked before: no team may probe another's prompts by it.
  const salted = { ...request, cache_salt: `${teamId}:${request.cache_salt ?? ''}` };
  const upstream = isStream
    ? {
        ...salted,
        // continuous_usage_stats puts usage on every chunk, so that an aborted stream is billed exactly.
        stream_options: {
          ...request.stream_options,
          include_usage: true,
          continuous_usage_stats: true,
        },
      }
    : salted;
  try {
    return {
      kind: 'parsed',
      request: {
        modelId: request.model,
        isStream,
        wantsUsage,
        upstreamBody: JSON.stringify(upstream),
      },
    };
  } catch {
    // JSON.stringify runs out of stack on nesting that JSON.parse still accepts.
    return bad('The body is nested too deeply.');
  }
}

const bad = (message: string, param?: string): ParseResult => ({
  kind: 'refused',
  refusal: refusal(400, 'invalid_request', message, param === undefined ? {} : { param }),
});
