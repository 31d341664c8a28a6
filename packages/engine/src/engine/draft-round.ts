import type { Sequence } from '../scheduler/sequence.ts';
import type { Drafter } from '../speculation/drafter.ts';

const NO_DRAFT = new Int32Array(0);

/** DraftRound asks a drafter for guesses before a step, for the sequences that only lack their next token. */
export class DraftRound {
  private readonly drafter: Drafter;
  private readonly rowsPerStep: number;

  constructor(drafter: Drafter, rowsPerStep: number) {
    this.drafter = drafter;
    this.rowsPerStep = rowsPerStep;
  }

  /** draft leaves a guess in every sequence that may have one; together with the next tokens they fill no more rows than a step should have. */
  async draft(running: readonly Sequence[]): Promise<void> {
    for (const sequence of running) sequence.draft = NO_DRAFT;
    const decoding = running.filter((sequence) => sequence.knownTokens - sequence.computedTokens === 1);
    let rows = this.rowsPerStep - decoding.length;
    const asked = decoding.flatMap((sequence) => {
      const left = sequence.maxTokens - sequence.generatedTokens - 1;
      const maxTokens = Math.min(rows, left, sequence.draftLength?.next() ?? 0);
      if (maxTokens < 1) return [];
      rows -= maxTokens;
      return [{ sequence, maxTokens }];
    });
    if (asked.length === 0) return;
    const drafts = await this.drafter.draft(
      asked.map(({ sequence, maxTokens }) => ({ sequence: sequence.id, tokens: sequence.known(), maxTokens })),
    );
    for (const [place, { sequence, maxTokens }] of asked.entries()) {
      sequence.draft = (drafts[place] ?? NO_DRAFT).subarray(0, maxTokens);
    }
  }
}
