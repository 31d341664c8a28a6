import type { Sequence } from './sequence.ts';

/** WaitingQueue orders sequences by priority, then by arrival; one that was preempted gets its old place back. */
export class WaitingQueue implements Iterable<Sequence> {
  private readonly sequences: Sequence[] = [];

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

  [Symbol.iterator](): Iterator<Sequence> {
    return this.sequences[Symbol.iterator]();
  }
}

function isBefore(left: Sequence, right: Sequence | undefined): boolean {
  if (right === undefined) return false;
  const byPriority = (left.request.priority ?? 0) - (right.request.priority ?? 0);
  // Ids are given in order of arrival.
  return byPriority === 0 ? left.id < right.id : byPriority < 0;
}
