import type { BlockId } from '../kv-cache/block-pool.ts';
import type { BlockTransfer, BlockWrite } from './block-transfer.ts';
import { type KvOrigin, kvFingerprint } from './kv-fingerprint.ts';
import type { StreamMemory } from './stream-memory.ts';

/** StreamBlockTransfer hands over blocks that a split KV cache keeps in this process's memory anyway: nothing is copied. */
export class StreamBlockTransfer implements BlockTransfer {
  private readonly memory: StreamMemory;
  private readonly blockBytes: number;
  private readonly origin: KvOrigin;

  constructor(options: { memory: StreamMemory; blockBytes: number; origin: KvOrigin }) {
    this.memory = options.memory;
    this.blockBytes = options.blockBytes;
    this.origin = options.origin;
  }

  fingerprint(): Promise<string> {
    return kvFingerprint(this.origin);
  }

  readBlock(block: BlockId): Uint8Array | null {
    return this.memory.readBlock(block);
  }

  writeBlocks({ sequence, blocks, from, contents }: BlockWrite): number {
    const wrong = contents.findIndex(({ byteLength }) => byteLength !== this.blockBytes);
    const good = wrong < 0 ? contents : contents.slice(0, wrong);
    const added = good.flatMap((content, place) => {
      const block = blocks[from + place];
      return block === undefined ? [] : [{ block, content }];
    });
    this.memory.extendPrefix(sequence, added);
    return added.length;
  }
}
