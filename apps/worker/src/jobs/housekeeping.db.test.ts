import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openTestPlatform } from '@slipway/use-cases/testing';
import { expect, test } from 'vitest';
import { startHousekeeping } from './housekeeping.ts';

test('at the start, what was left behind days ago is gone, and what is there is told', async () => {
  const platform = await openTestPlatform(new Date());
  const { dataDir } = platform.deps;
  const old = new Date(Date.now() - 3 * 86_400_000);
  const left = [join(dataDir, 'uploads', 'abandoned'), join(dataDir, 'artifacts', 'tmp', 'part')];
  for (const path of left) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
    utimesSync(path, old, old);
  }
  const lines: unknown[] = [];
  await startHousekeeping(platform.deps, (...line) => lines.push(line)).close();
  expect(left.map((path) => existsSync(path))).toEqual([false, false]);
  expect(lines).toEqual([['info', 'Removed what was left behind.', { uploads: 1, parts: 1 }]]);
  await platform.close();
});
