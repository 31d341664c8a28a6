import { crc32 } from 'node:zlib';
import type { BlockHash } from '../block-hash.ts';

const MAGIC = 0x534c4b56;
const VERSION = 1;
const HEADER_BYTES = 16;

/** blockFileBytes is how long the file of a block is. */
export function blockFileBytes(content: Uint8Array): number {
  return HEADER_BYTES + content.byteLength;
}

/** encodeBlockFile writes a block with its length and a checksum over its name and content. */
export function encodeBlockFile(hash: BlockHash, content: Uint8Array): Buffer {
  const file = Buffer.allocUnsafe(blockFileBytes(content));
  file.writeUInt32BE(MAGIC, 0);
  file.writeUInt32BE(VERSION, 4);
  file.writeUInt32BE(content.byteLength, 8);
  file.writeUInt32BE(checksum(hash, content), 12);
  file.set(content, HEADER_BYTES);
  return file;
}

/** decodeBlockFile returns the content, or null when the file is truncated, damaged, or of another block. */
export function decodeBlockFile(hash: BlockHash, file: Buffer): Uint8Array | null {
  if (file.byteLength < HEADER_BYTES) return null;
  if (file.readUInt32BE(0) !== MAGIC || file.readUInt32BE(4) !== VERSION) return null;
  const content = file.subarray(HEADER_BYTES);
  if (file.readUInt32BE(8) !== content.byteLength) return null;
  return file.readUInt32BE(12) === checksum(hash, content) ? content : null;
}

function checksum(hash: BlockHash, content: Uint8Array): number {
  return crc32(content, crc32(hash));
}
