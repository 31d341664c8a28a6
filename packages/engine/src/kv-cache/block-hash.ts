import { hash } from 'node:crypto';

/** BlockHash names the content of a KV block and of everything before it; equal hashes mean equal KV values. */
export type BlockHash = string;

// 128 bits: with 2^32 blocks ever seen, the chance of any collision is below 1e-19, and a Map key stays short.
const HASH_CHARACTERS = 22;

/** blockHash chains a full block of tokens to its parent; `salt` keeps tenants or adapters apart. */
export function blockHash(parent: BlockHash | null, tokens: Int32Array, salt: string): BlockHash {
  const head = Buffer.from(`${parent ?? ''}|${salt}|`, 'utf8');
  const body = Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  return hash('sha256', Buffer.concat([head, body]), 'base64url').slice(0, HASH_CHARACTERS);
}

/** extendChain appends the hashes of the blocks that `tokens` fills and `chain` does not have yet. */
export function extendChain(
  chain: BlockHash[],
  tokens: Int32Array,
  options: { blockTokens: number; salt: string },
): void {
  const fullBlocks = Math.floor(tokens.length / options.blockTokens);
  for (let index = chain.length; index < fullBlocks; index += 1) {
    const block = tokens.subarray(index * options.blockTokens, (index + 1) * options.blockTokens);
    chain.push(blockHash(chain[index - 1] ?? null, block, options.salt));
  }
}
