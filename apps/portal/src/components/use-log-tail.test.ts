import { expect, test } from 'vitest';
import { appendLines, LOG_PAGE, type LogLine } from './use-log-tail.ts';

const line = (sequence: number): LogLine => ({
  sequence,
  at: '2026-11-21T00:00:00Z',
  stream: 'stdout',
  source: 'run',
  text: `line ${sequence}`,
});
const log = (length: number) => Array.from({ length }, (_, at) => line(at + 1));
const readFrom = (all: LogLine[]) => async (after: number) => ({
  items: all.filter((one) => one.sequence > after).slice(0, LOG_PAGE),
});

test('only what came after the last known line is read, so no line is there twice', async () => {
  const all = log(10);
  const lines = await appendLines(all.slice(0, 4), readFrom(all));
  expect(lines.map((one) => one.sequence)).toEqual(all.map((one) => one.sequence));
});

test('a log longer than a page is read to its end', async () => {
  expect(await appendLines([], readFrom(log(LOG_PAGE + 5)))).toHaveLength(LOG_PAGE + 5);
});

test('a very long log keeps its newest lines', async () => {
  const lines = await appendLines(log(2_000), readFrom(log(2_600)));
  expect(lines).toHaveLength(2_000);
  expect(lines.at(-1)?.sequence).toBe(2_600);
});
