import type { SequenceId } from '../kv-cache/kv-cache.ts';

/** StepLimits bound one step. */
export interface StepLimits {
  /** stepTokens is the most tokens computed in one step. */
  stepTokens: number;
  /** mixedPrefillTokens is the most prompt tokens in a step that also decodes, so that prompts do not stall the streams. */
  mixedPrefillTokens: number;
  maxSequences: number;
  blockTokens: number;
}

/** RunningView is a sequence that holds blocks: `knownTokens - computedTokens` tokens are still to be computed. */
export interface RunningView {
  id: SequenceId;
  knownTokens: number;
  computedTokens: number;
  heldBlocks: number;
  /** draftTokens are guessed behind the known ones; they are computed only where there is room without preempting for them. */
  draftTokens: number;
}

/** WaitingView is a request that wants to start, with what it would find in the KV cache now. */
export interface WaitingView {
  id: SequenceId;
  knownTokens: number;
  cachedBlocks: number;
  /** revivedBlocks of the cached ones are counted as available. */
  revivedBlocks: number;
  /** restorableBlocks follow the cached ones in host memory: they take a block each, but need no computing. */
  restorableBlocks: number;
  /** isHeldBack says that this prefix is being computed or fetched: waiting is cheaper than computing it again. */
  isHeldBack: boolean;
}

/** StepSnapshot is everything a step is decided from; both lists are oldest first. */
export interface StepSnapshot {
  running: readonly RunningView[];
  waiting: Iterable<WaitingView>;
  availableBlocks: number;
  /** exclusiveBlocks is how many blocks preempting a sequence gives back. */
  exclusiveBlocks: (id: SequenceId) => number;
}

/** StepShare is how many tokens of a sequence a step computes. */
export interface StepShare {
  id: SequenceId;
  tokens: number;
}

/** StepPlan is what a step does, in the order in which it is to be applied. */
export interface StepPlan {
  preempt: SequenceId[];
  compute: StepShare[];
  admit: StepShare[];
}

/** planStep decides one step: running sequences first, prompts chunked into what is left, then admission by free blocks. */
export function planStep(snapshot: StepSnapshot, limits: StepLimits): StepPlan {
  const plan = new Planner(snapshot, limits);
  // 1. Every running sequence that only lacks its next token gets it, with the guess behind it checked in the same go.
  for (const sequence of snapshot.running)
    if (remaining(sequence) === 1) plan.computeRunning(sequence, 1 + sequence.draftTokens);
  // 2. Prompts that are partly computed go on in what is left.
  plan.limitPrefill();
  for (const sequence of snapshot.running) if (remaining(sequence) > 1) plan.computeRunning(sequence, plan.budget);
  // 3. New sequences start while there are blocks for their whole prompt; nobody overtakes one that does not fit.
  for (const candidate of plan.hasRoom() ? snapshot.waiting : []) {
    if (!candidate.isHeldBack && !plan.admitWaiting(candidate)) break;
    if (!plan.hasRoom()) break;
  }
  return plan.result();
}

class Planner {
  budget: number;
  private readonly limits: StepLimits;
  private readonly snapshot: StepSnapshot;
  private available: number;
  private readonly preempted = new Set<SequenceId>();
  private readonly compute = new Map<SequenceId, number>();
  private readonly admit: StepShare[] = [];

  constructor(snapshot: StepSnapshot, limits: StepLimits) {
    this.snapshot = snapshot;
    this.limits = limits;
    this.budget = limits.stepTokens;
    this.available = snapshot.availableBlocks;
  }

  limitPrefill(): void {
    if (this.compute.size > 0) this.budget = Math.min(this.budget, this.limits.mixedPrefillTokens);
  }

  computeRunning(sequence: RunningView, limit: number): void {
    if (this.preempted.has(sequence.id) || this.budget < 1) return;
    const wanted = Math.min(remaining(sequence) + sequence.draftTokens, limit, this.budget);
    // Room for one token is worth preempting a newer sequence; a longer chunk takes what there is.
    while (this.roomOf(sequence) < 1) if (!this.preemptNewerThan(sequence)) return;
    const tokens = Math.min(wanted, this.roomOf(sequence));
    this.available -=
      this.blocksFor(sequence.computedTokens + tokens) -
      Math.min(this.blocksFor(sequence.computedTokens + tokens), sequence.heldBlocks);
    this.budget -= tokens;
    this.compute.set(sequence.id, tokens);
  }

  hasRoom(): boolean {
    const running = this.snapshot.running.length - this.preempted.size + this.admit.length;
    // After a preemption memory is short: letting somebody else in would only preempt again.
    return this.budget > 0 && running < this.limits.maxSequences && this.preempted.size === 0;
  }

  admitWaiting(candidate: WaitingView): boolean {
    const taken = this.blocksFor(candidate.knownTokens + 1) - candidate.cachedBlocks + candidate.revivedBlocks;
    const isAlone = this.snapshot.running.length === 0 && this.admit.length === 0;
    // One block of slack for each running sequence: each of them soon needs its next block.
    const slack = isAlone ? 0 : this.snapshot.running.length + this.admit.length;
    if (taken + slack + this.promisedBlocks() > this.available) return false;
    const knownBlocks = candidate.cachedBlocks + candidate.restorableBlocks;
    const tokens = Math.min(candidate.knownTokens - knownBlocks * this.limits.blockTokens, this.budget);
    this.available -= taken;
    this.budget -= tokens;
    this.admit.push({ id: candidate.id, tokens });
    return true;
  }

  result(): StepPlan {
    const compute: StepShare[] = [];
    for (const { id } of this.snapshot.running) {
      const tokens = this.preempted.has(id) ? 0 : (this.compute.get(id) ?? 0);
      if (tokens > 0) compute.push({ id, tokens });
    }
    return { preempt: [...this.preempted], compute, admit: this.admit };
  }

  /** roomOf is how many more tokens of a sequence fit into its blocks and the available ones. */
  private roomOf(sequence: RunningView): number {
    return (sequence.heldBlocks + this.available) * this.limits.blockTokens - sequence.computedTokens;
  }

  /** promisedBlocks are needed by running sequences to finish the prompts they were admitted with. */
  private promisedBlocks(): number {
    let promised = 0;
    for (const sequence of this.snapshot.running) {
      const computed = sequence.computedTokens + (this.compute.get(sequence.id) ?? 0);
      const held = Math.max(sequence.heldBlocks, this.blocksFor(computed));
      promised += Math.max(0, this.blocksFor(sequence.knownTokens) - held);
    }
    return promised;
  }

  private preemptNewerThan(sequence: RunningView): boolean {
    for (let index = this.snapshot.running.length - 1; index >= 0; index -= 1) {
      const victim = this.snapshot.running[index];
      if (victim === undefined || victim.id === sequence.id) return false;
      if (this.preempted.has(victim.id)) continue;
      this.preempted.add(victim.id);
      this.available += this.snapshot.exclusiveBlocks(victim.id) + this.takenFor(victim);
      this.budget += this.compute.get(victim.id) ?? 0;
      this.compute.delete(victim.id);
      return true;
    }
    return false;
  }

  /** takenFor is how many blocks this plan already gave to a sequence. */
  private takenFor(sequence: RunningView): number {
    const tokens = this.compute.get(sequence.id);
    if (tokens === undefined) return 0;
    return Math.max(0, this.blocksFor(sequence.computedTokens + tokens) - sequence.heldBlocks);
  }

  private blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.limits.blockTokens);
  }
}

function remaining(sequence: RunningView): number {
  return sequence.knownTokens - sequence.computedTokens;
}
