import { z } from 'zod';

const finite = z.number().optional();

/** trainingEventSchema is one JSON line of the training program; values that JSON cannot hold arrive as null or not at all. */
export const trainingEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    step: z.enum(['tokenise', 'dequantise', 'train', 'save', 'quantise']),
    status: z.enum(['started', 'finished']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('metric'),
    epoch: z.number(),
    iteration: z.int().nonnegative(),
    iterations: z.int().nonnegative(),
    trainLoss: finite,
    validationLoss: finite,
    tokensPerSecond: z.number().nullable(),
  }),
  z.object({ type: z.literal('log'), message: z.string() }),
  z.object({
    type: z.literal('result'),
    outputPath: z.string(),
    digest: z.string(),
    sizeBytes: z.int().nonnegative(),
    finalTrainLoss: z.number().nullable(),
    initialValidationLoss: z.number().nullable(),
    finalValidationLoss: z.number().nullable(),
  }),
]);
/** TrainingEventLine is one event of the training program. */
export type TrainingEventLine = z.infer<typeof trainingEventSchema>;

/** parseTrainingEvent reads one output line; null means that it is ordinary output. */
export function parseTrainingEvent(line: string): TrainingEventLine | null {
  if (!line.startsWith('{')) return null;
  try {
    // A NUL in a message would be refused by the database with everything beside it.
    const parsed = trainingEventSchema.safeParse(JSON.parse(line.replaceAll('\\u0000', '')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Not JSON: some library printed a brace.
    return null;
  }
}

/** describeTrainingEvent is the event as a log line. */
export function describeTrainingEvent(event: TrainingEventLine): string {
  switch (event.type) {
    case 'step':
      return `${event.step} ${event.status}: ${event.message}`;
    case 'log':
      return event.message;
    case 'result':
      return `The trained model has ${event.sizeBytes} bytes.`;
    case 'metric': {
      const parts = [`epoch ${event.epoch}`, `iteration ${event.iteration} of ${event.iterations}`];
      if (event.trainLoss !== undefined) parts.push(`training loss ${event.trainLoss.toFixed(4)}`);
      if (event.validationLoss !== undefined) parts.push(`validation loss ${event.validationLoss.toFixed(4)}`);
      if (event.tokensPerSecond !== null) parts.push(`${event.tokensPerSecond} tokens/s`);
      return parts.join(', ');
    }
  }
}
