import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { receiveUpload, removeAbandonedUploads } from './index.ts';

const DAY = 86_400_000;
let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform();
  mkdirSync(join(platform.deps.dataDir, 'uploads'));
});
afterEach(() => platform.close());

const file = (name: string) => join(platform.deps.dataDir, 'uploads', name);
const daysAgo = (days: number) => new Date(platform.deps.now().getTime() - days * DAY);

function write(name: string, days: number): void {
  writeFileSync(file(name), 'x');
  utimesSync(file(name), daysAgo(days), daysAgo(days));
}
async function addRow(id: string, days: number, claimedAt: Date | null = null): Promise<void> {
  const upload = { id, teamId: 't', userId: 'u', purpose: 'model', fileName: 'a.gguf', sizeBytes: 1n };
  await platform.db.prisma.upload.create({ data: { ...upload, createdAt: daysAgo(days), claimedAt } });
}
const rows = async () => (await platform.db.prisma.upload.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

test('what nobody used or wrote to for a day goes, with its row; what is young, written to or in use stays', async () => {
  await addRow('abandoned', 3);
  write('abandoned', 2);
  write('abandoned.json', 3);
  await addRow('never-begun', 2);
  write('without-row', 2);
  await addRow('young', 0.5);
  write('young', 0.5);
  await addRow('slow', 3);
  write('slow', 0.1);
  write('slow.json', 3);
  await addRow('in-use', 3, daysAgo(3));
  write('in-use', 3);

  expect(await removeAbandonedUploads(platform.deps, DAY)).toBe(3);

  expect(await rows()).toEqual(['in-use', 'slow', 'young']);
  const left = ['abandoned', 'abandoned.json', 'without-row', 'young', 'slow', 'slow.json', 'in-use'].filter((name) =>
    existsSync(file(name)),
  );
  expect(left).toEqual(['young', 'slow', 'slow.json', 'in-use']);
  expect(await removeAbandonedUploads(platform.deps, DAY)).toBe(0);
});

test('news of progress that comes after the end does not open a finished upload again', async () => {
  await addRow('done', 0);
  await receiveUpload(platform.deps, { uploadId: 'done', receivedBytes: 10, isComplete: true });
  await receiveUpload(platform.deps, { uploadId: 'done', receivedBytes: 4, isComplete: false });
  const row = await platform.db.prisma.upload.findUniqueOrThrow({ where: { id: 'done' } });
  expect([row.receivedBytes, row.completedAt]).toEqual([10n, platform.deps.now()]);
});
