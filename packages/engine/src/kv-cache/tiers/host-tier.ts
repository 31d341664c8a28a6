import type { BlockHash } from '../block-hash.ts';

/** TierEntry is the KV content of one block outside the device. */
export interface TierEntry {
  hash: BlockHash;
  content: Uint8Array;
}

/** HostTier keeps blocks in this process's memory, at most `budgetBytes` of them, giving up the least recently used. */
export class HostTier {
  readonly budgetBytes: number;
  bytes = 0;
  evictions = 0;
  // A Map iterates in order of insertion, so the first entry is the least recently used.
  private readonly contents = new Map<BlockHash, Uint8Array>();

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
  }

  get blocks(): number {
    return this.contents.size;
  }

  /** has says whether a block is here, without using it. */
  has(hash: BlockHash): boolean {
    return this.contents.has(hash);
  }

  /** get returns a block and counts as a use. */
  get(hash: BlockHash): Uint8Array | undefined {
    const content = this.contents.get(hash);
    if (content === undefined) return undefined;
    this.contents.delete(hash);
    this.contents.set(hash, content);
    return content;
  }

  /** put keeps a block and returns what had to go for it: the block itself when it is larger than the budget. */
  put(hash: BlockHash, content: Uint8Array): TierEntry[] {
    if (content.byteLength > this.budgetBytes) return [{ hash, content }];
    this.remove(hash);
    const evicted: TierEntry[] = [];
    for (const [oldest, old] of this.contents) {
      if (this.bytes + content.byteLength <= this.budgetBytes) break;
      this.remove(oldest);
      evicted.push({ hash: oldest, content: old });
    }
    this.contents.set(hash, content);
    this.bytes += content.byteLength;
    this.evictions += evicted.length;
    return evicted;
  }

  /** remove forgets a block. */
  remove(hash: BlockHash): void {
    const content = this.contents.get(hash);
    if (content === undefined) return;
    this.contents.delete(hash);
    this.bytes -= content.byteLength;
  }

  /** entries lists all blocks, the least recently used first. */
  entries(): TierEntry[] {
    return Array.from(this.contents, ([hash, content]) => ({ hash, content }));
  }
}
