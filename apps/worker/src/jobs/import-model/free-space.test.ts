import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { requireSpace } from './free-space.ts';

describe('requireSpace', () => {
  it('refuses a file that the disk cannot hold, with both numbers and the remedy', async () => {
    const refused = requireSpace(tmpdir(), Number.MAX_SAFE_INTEGER);
    await expect(refused).rejects.toThrow(
      /needs 9007199254740991 bytes and \d+ are free in the data directory\. Make room/,
    );
  });

  it('takes a file that fits', async () => {
    await expect(requireSpace(tmpdir(), 0)).resolves.toBeUndefined();
  });
});
