import { addUsage, countDeltas, type Tally } from './tally.ts';

/** ChunkResult is what the client gets for one data event of the replica. */
export interface ChunkResult {
  /** text is the event for the client, or empty when it is only for the gateway. */
  text: string;
  deltas: number;
  isError: boolean;
  isFinish: boolean;
}

/** rewriteChunk notes a streamed chunk's usage and renders it for the client: its model id, and usage only if it asked. */
export function rewriteChunk(
  data: string,
  client: { modelId: string; wantsUsage: boolean },
  tally: Tally,
): ChunkResult {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch {
    return {
      text: `data: ${data}\n\n`,
      deltas: 0,
      isError: false,
      isFinish: false,
    };
  }
  if (typeof chunk !== 'object' || chunk === null) {
    return {
      text: `data: ${data}\n\n`,
      deltas: 0,
      isError: false,
      isFinish: false,
    };
  }
  const fields = chunk as Record<string, unknown>;
  const deltas = countDeltas(fields.choices);
  tally.deltas += deltas;
  const choices = Array.isArray(fields.choices) ? fields.choices : null;
  const hasUsage = addUsage(tally, fields.usage, choices?.length === 0);
  const isError = fields.error !== undefined && choices === null;
  const result = {
    deltas,
    isError,
    isFinish: choices?.some((choice) => typeof choice?.finish_reason === 'string') ?? false,
  };
  const isUsageChunk = hasUsage && choices !== null && choices.length === 0;
  if (isUsageChunk && !client.wantsUsage) return { ...result, text: '' };
  if (fields.model !== undefined) fields.model = client.modelId;
  if (!isUsageChunk && fields.usage !== undefined) {
    // OpenAI sends `usage: null` on all but the last chunk of a stream whose client asked for usage.
    if (client.wantsUsage) fields.usage = null;
    else delete fields.usage;
  }
  return { ...result, text: `data: ${JSON.stringify(fields)}\n\n` };
}
