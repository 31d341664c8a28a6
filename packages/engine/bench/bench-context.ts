import type { AnchorName, Anchors } from './anchors/prepare-anchors.ts';
import type { BenchRow } from './report/bench-row.ts';

/** BenchContext is what every row is measured with. */
export interface BenchContext {
  modelPath: string;
  threads: number;
  runs: number;
  /** isQuick shrinks every workload until it only proves that it works. */
  isQuick: boolean;
  anchors: Anchors;
  /** llamaServerArgs are added to llama-server's command line; by default it runs with its defaults. */
  llamaServerArgs: readonly string[];
  vocabulary: Vocabulary;
}

/** Vocabulary is what workloads need to know of the model's tokenizer. */
export interface Vocabulary {
  vocabSize: number;
  /** tokensOf turns streamed text back into the tokens that it was most likely made of. */
  tokensOf(text: string): readonly number[];
}

/** RowGroup measures some rows that belong together. */
export interface RowGroup {
  /** anchors that it compares with; without them it measures ours alone. */
  anchors: readonly AnchorName[];
  measure(ctx: BenchContext): Promise<BenchRow[]>;
}

/** has says whether an anchor is there to compare with. */
export function has({ anchors }: BenchContext, name: AnchorName): boolean {
  return !anchors.missing.has(name);
}

/** interleaved runs anchor and ours in turn, so that a change of the machine's mood meets both alike. */
export async function interleaved<T>(
  runs: number,
  sides: { anchor: (() => Promise<T>) | null; ours: () => Promise<T> },
): Promise<{ anchor: T[]; ours: T[] }> {
  const results: { anchor: T[]; ours: T[] } = { anchor: [], ours: [] };
  for (let run = 0; run < runs; run += 1) {
    if (sides.anchor !== null) results.anchor.push(await sides.anchor());
    results.ours.push(await sides.ours());
  }
  return results;
}
