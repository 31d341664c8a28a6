import { createReadStream } from 'node:fs';

/** readIntoPageCache reads a file once, so that the first run does not wait for the disk. */
export async function readIntoPageCache(file: string): Promise<void> {
  for await (const _ of createReadStream(file, { highWaterMark: 4 * 2 ** 20 }));
}
