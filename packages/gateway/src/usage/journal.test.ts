import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from './journal.ts';
import { fromLine, toLine, type UsageRecord } from './usage-record.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'slipway-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const aRecord = (requestId: string): UsageRecord => ({
  requestId,
  at: new Date('2026-05-01T10:00:00.123Z'),
  teamId: 't',
  teamSlug: 'vision',
  endpointId: 'e',
  endpointName: 'chat',
  endpointTeamSlug: 'vision',
  revisionId: 'r',
  revisionNumber: 1,
  versionId: 'v',
  versionLabel: 'vision/chat:1',
  replicaId: null,
  apiKeyId: 'k',
  caller: 'ada',
  status: 'succeeded',
  httpStatus: 200,
  promptTokens: 1,
  cachedTokens: 0,
  completionTokens: 2,
  ttftMs: 1.5,
  durationMs: 2.5,
  promptPriceMicros: 50_000n,
  completionPriceMicros: 2n ** 60n,
  costPicos: 50_000n + 2n ** 61n,
});
const never = 3_600_000;

function ledgerOf() {
  const rows = new Map<string, UsageRecord>();
  const state = { isUp: true, calls: 0 };
  const errors: string[] = [];
  const open = (flushEveryMs = never) =>
    openJournal({
      dir,
      flushEveryMs,
      onError: (message) => errors.push(message),
      recordUsage: async (records) => {
        state.calls += 1;
        if (!state.isUp) throw new Error('away');
        for (const record of records) rows.set(record.requestId, record);
      },
    });
  return { rows, state, errors, open };
}
const segments = () => readdirSync(dir).filter((name) => name.startsWith('usage-0'));

test('a record survives its line exactly, money above 2^53 included', () => {
  expect(fromLine(toLine(aRecord('a')))).toEqual(aRecord('a'));
});

test('a record is in the file when append returns, and the file goes once the ledger has it', async () => {
  const { rows, open } = ledgerOf();
  const journal = await open();
  journal.append(aRecord('a'));
  expect(readFileSync(path.join(dir, segments()[0] ?? ''), 'utf8')).toContain('"requestId":"a"');
  expect(journal.waiting()).toBe(1);
  await journal.flush();
  expect([...rows.keys()]).toEqual(['a']);
  expect([journal.waiting(), segments()]).toEqual([0, []]);
  await journal.close();
});

test('what a killed process left behind is handed over by the next one, once per request id', async () => {
  const first = ledgerOf();
  const killed = await first.open();
  for (const id of ['a', 'b']) killed.append(aRecord(id));
  const { rows, open } = ledgerOf();
  const next = await open();
  next.append(aRecord('c'));
  await next.flush();
  expect([...rows.keys()].sort()).toEqual(['a', 'b', 'c']);
  await next.close();
  first.state.isUp = false;
  await killed.close();
});

test('while the ledger is away nothing is lost, and order is kept when it is back', async () => {
  const { rows, state, open } = ledgerOf();
  const journal = await open();
  state.isUp = false;
  const ids = Array.from({ length: 1_200 }, (_, i) => `r${i}`);
  for (const id of ids) {
    journal.append(aRecord(id));
    if (id.endsWith('99')) await expect(journal.flush()).rejects.toThrow('away');
  }
  expect(journal.waiting()).toBe(1_200);
  state.isUp = true;
  await journal.flush();
  expect([...rows.keys()]).toEqual(ids);
  expect(segments()).toEqual([]);
  await journal.close();
});

test('records that arrive during a flush wait for the next one', async () => {
  const seen: string[][] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const journal = await openJournal({
    dir,
    flushEveryMs: never,
    onError: () => undefined,
    recordUsage: async (records) => {
      seen.push(records.map((record) => record.requestId));
      if (seen.length === 1) await held;
    },
  });
  journal.append(aRecord('a'));
  const flushing = journal.flush();
  await expect.poll(() => seen.length).toBe(1);
  journal.append(aRecord('b'));
  release();
  await flushing;
  await journal.close();
  expect(seen).toEqual([['a'], ['b']]);
});

test('a torn line does not block the others and is kept aside', async () => {
  const left = path.join(dir, 'usage-000000000007.jsonl');
  appendFileSync(left, `${toLine(aRecord('a'))}{"requestId":"b","at":"20`);
  const { rows, errors, open } = ledgerOf();
  const journal = await open();
  await journal.flush();
  expect([...rows.keys()]).toEqual(['a']);
  expect(errors.join()).toContain('cannot be read');
  expect(readFileSync(path.join(dir, 'usage-rejected.jsonl'), 'utf8')).toContain('"requestId":"b"');
  await journal.close();
});

test('flushing goes on by itself after the ledger was away', async () => {
  const { rows, state, errors, open } = ledgerOf();
  const journal = await open(5);
  state.isUp = false;
  journal.append(aRecord('a'));
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  state.isUp = true;
  await expect.poll(() => rows.size).toBe(1);
  await journal.close();
});
