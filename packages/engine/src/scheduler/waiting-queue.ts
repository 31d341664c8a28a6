import type { Sequence } from './sequence.ts';
import { SERVICE_UNITS, type TenantId, TenantShares } from './tenant-shares.ts';

/**
 * WaitingQueue orders sequences by priority, then by tenant, the least served first, then by arrival; one that was preempted
 * gets its old place back.
 */
export class WaitingQueue implements Iterable<Sequence> {
  private readonly sequences: Sequence[] = [];
  private readonly shares: TenantShares;

  constructor(shares: TenantShares = new TenantShares()) {
    this.shares = shares;
  }

  get length(): number {
    return this.sequences.length;
  }

  /** add puts a sequence at its place. */
  add(sequence: Sequence): void {
    let place = this.sequences.length;
    while (place > 0 && isBefore(sequence, this.sequences[place - 1])) place -= 1;
    this.sequences.splice(place, 0, sequence);
  }

  /** remove takes a sequence out. */
  remove(sequence: Sequence): void {
    const place = this.sequences.indexOf(sequence);
    if (place >= 0) this.sequences.splice(place, 1);
  }

  /** find returns the waiting sequence with an id. */
  find(id: number): Sequence | undefined {
    return this.sequences.find((sequence) => sequence.id === id);
  }

  *[Symbol.iterator](): Iterator<Sequence> {
    let from = 0;
    while (from < this.sequences.length) {
      const priority = priorityOf(this.sequences[from]);
      let to = from;
      while (to < this.sequences.length && priorityOf(this.sequences[to]) === priority) to += 1;
      yield* this.fairly(this.sequences.slice(from, to));
      from = to;
    }
  }

  /** fairly yields sequences of one priority as they should start, were each of them admitted. */
  private *fairly(sequences: readonly Sequence[]): Generator<Sequence> {
    const queues = new Map<TenantId, { place: number; sequences: Sequence[]; served: number }>();
    for (const sequence of sequences) {
      const queue = queues.get(sequence.tenant);
      if (queue !== undefined) queue.sequences.push(sequence);
      else {
        const served = this.shares.servedTo(sequence.tenant);
        queues.set(sequence.tenant, { place: 0, sequences: [sequence], served });
      }
    }
    if (queues.size === 1) {
      yield* sequences;
      return;
    }
    for (let count = 0; count < sequences.length; count += 1) {
      let least: { place: number; sequences: Sequence[]; served: number } | null = null;
      for (const queue of queues.values()) {
        const hasMore = queue.place < queue.sequences.length;
        if (hasMore && (least === null || queue.served < least.served)) least = queue;
      }
      const next = least?.sequences[least.place];
      if (least === null || next === undefined) return;
      least.place += 1;
      least.served += this.shares.priceOf(next.tenant, next.knownTokens * SERVICE_UNITS.promptToken);
      yield next;
    }
  }
}

function priorityOf(sequence: Sequence | undefined): number {
  return sequence?.request.priority ?? 0;
}

function isBefore(left: Sequence, right: Sequence | undefined): boolean {
  if (right === undefined) return false;
  const byPriority = priorityOf(left) - priorityOf(right);
  // Ids are given in order of arrival.
  return byPriority === 0 ? left.id < right.id : byPriority < 0;
}
