// A guess that fails costs the rows it was checked with, so a sequence begins with short ones.
const FIRST_LENGTH = 3;
const LONGEST_PAUSE_STEPS = 64;

/** DraftLength chooses how many tokens to guess for one sequence, from how its earlier guesses went. */
export class DraftLength {
  private readonly longest: number;
  private length: number;
  private pauseSteps = 0;
  private nextPauseSteps = 2;

  constructor(longest: number) {
    this.longest = longest;
    this.length = Math.min(FIRST_LENGTH, longest);
  }

  /** next is how many tokens to guess in the coming step; 0 while a pause lasts. */
  next(): number {
    if (this.pauseSteps > 0) {
      this.pauseSteps -= 1;
      return 0;
    }
    return this.length;
  }

  /** observe learns that `accepted` of `drafted` tokens were right. */
  observe(drafted: number, accepted: number): void {
    if (drafted === 0) return;
    if (accepted === drafted) {
      this.length = Math.min(this.longest, this.length * 2);
      this.nextPauseSteps = 2;
    } else if (accepted === 0) {
      this.length = Math.min(FIRST_LENGTH, this.longest);
      this.pauseSteps = this.nextPauseSteps;
      this.nextPauseSteps = Math.min(LONGEST_PAUSE_STEPS, this.nextPauseSteps * 2);
    } else {
      this.length = Math.max(1, accepted);
    }
  }
}
