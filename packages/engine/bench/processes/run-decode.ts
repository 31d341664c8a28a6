import path from 'node:path';
import { runChild } from './child.ts';
import type { DecodeResult, DecodeSpec } from './decode-ours.ts';

const SCRIPT = path.join(import.meta.dirname, 'decode-ours.ts');
const TIMEOUT_SECONDS = 900;

/** runDecode measures a new engine in a process of its own. */
export async function runDecode(spec: DecodeSpec): Promise<DecodeResult & { cpuSeconds: number }> {
  const { output, cpuSeconds } = await runChild(process.execPath, [SCRIPT, JSON.stringify(spec)], TIMEOUT_SECONDS);
  const result: DecodeResult = JSON.parse(output);
  return { ...result, cpuSeconds };
}
