import { z } from 'zod';

/** Tally is what one request used so far. */
export interface Tally {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** deltas counts streamed pieces of text; it stands in for completion tokens until the replica reports usage. */
  deltas: number;
  /** isFinal says that the replica reported the usage of the whole answer. */
  isFinal: boolean;
}

const count = z.int().nonnegative();
const usageSchema = z.object({
  prompt_tokens: count.default(0),
  completion_tokens: count.nullish(),
  prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
});

/** emptyTally is a request that has used nothing yet. */
export const emptyTally = (): Tally => ({
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  deltas: 0,
  isFinal: false,
});

/** addUsage takes over the usage object of an answer, or so far of a stream; it says whether there was one. */
export function addUsage(tally: Tally, usage: unknown, isFinal: boolean): boolean {
  if (typeof usage !== 'object' || usage === null) return false;
  const parsed = usageSchema.safeParse(usage);
  if (!parsed.success) return false;
  tally.promptTokens = parsed.data.prompt_tokens;
  tally.completionTokens = parsed.data.completion_tokens ?? 0;
  tally.cachedTokens = Math.min(parsed.data.prompt_tokens_details?.cached_tokens ?? 0, tally.promptTokens);
  tally.isFinal ||= isFinal;
  return true;
}

/** billedCompletion is the reported completion tokens; where the report of the whole never came, at least the pieces streamed. */
export const billedCompletion = (tally: Tally) =>
  tally.isFinal ? tally.completionTokens : Math.max(tally.completionTokens, tally.deltas);

/** countDeltas is how many choices of a streamed chunk carry text or a part of a tool call. */
export function countDeltas(choices: unknown): number {
  if (!Array.isArray(choices)) return 0;
  let found = 0;
  for (const choice of choices) {
    if (typeof choice !== 'object' || choice === null) continue;
    const { delta, text } = choice;
    if (typeof text === 'string' && text !== '') found += 1;
    else if (typeof delta === 'object' && delta !== null && hasContent(delta)) found += 1;
  }
  return found;
}

function hasContent(delta: object): boolean {
  const { content, reasoning_content, refusal, tool_calls } = delta as Record<string, unknown>;
  return (
    (typeof content === 'string' && content !== '') ||
    (typeof reasoning_content === 'string' && reasoning_content !== '') ||
    (typeof refusal === 'string' && refusal !== '') ||
    (Array.isArray(tool_calls) && tool_calls.length > 0)
  );
}
