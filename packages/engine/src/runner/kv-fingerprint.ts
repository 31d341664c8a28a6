import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { LLAMA_VERSION } from '../llama/index.ts';

/** KvOrigin is everything that decides KV values and their format. */
export interface KvOrigin {
  modelPath: string;
  adapters: readonly { name: string; path: string; scale?: number }[];
  /** settings change the values or their format, besides the model, its adapters and llama.cpp. */
  settings: Readonly<Record<string, unknown>>;
}

/** kvFingerprint names a KvOrigin; copies of KV values are good wherever it is the same. */
export async function kvFingerprint({ modelPath, adapters, settings }: KvOrigin): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ llama: LLAMA_VERSION, ...settings }));
  // Whole files: a model that was trained further may differ from its base in one tensor only.
  await addFile(hash, modelPath);
  for (const { name, path, scale = 1 } of adapters) {
    hash.update(JSON.stringify({ name, scale }));
    await addFile(hash, path);
  }
  return hash.digest('base64url').slice(0, 22);
}

async function addFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
}
