import type { Tokenizer } from '../runner/port.ts';
import { DraftModel } from './draft-model.ts';
import type { Drafter } from './drafter.ts';
import { NgramDrafter } from './ngram-drafter.ts';

/** SpeculationOptions choose who guesses: the text itself, or a smaller model with the same tokens. */
export type SpeculationOptions =
  | { kind: 'ngram'; draftTokens?: number }
  | { kind: 'draft-model'; modelPath: string; draftTokens?: number; gpuLayers?: number };

/** DraftTarget is the model that guesses are for. */
export interface DraftTarget {
  threads: number;
  contextTokens: number;
  maxSequences: number;
  tokenizer: Tokenizer;
}

/** loadDrafter makes the drafter that was asked for; it throws when a draft model does not fit its target. */
export async function loadDrafter(options: SpeculationOptions | null, target: DraftTarget): Promise<Drafter | null> {
  if (options === null) return null;
  if (options.kind === 'draft-model') return DraftModel.load(options, target);
  return new NgramDrafter(options);
}
