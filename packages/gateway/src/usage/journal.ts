import { appendFileSync, closeSync, fdatasync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fromLine, toLine, type UsageRecord } from './usage-record.ts';

/** Journal keeps usage records on disk until the ledger has them. */
export interface Journal {
  /** append writes the record to the file before it returns (it survives this process) and syncs it soon after (it survives the machine). */
  append(record: UsageRecord): void;
  /** waiting is how many records the ledger does not have yet. */
  waiting(): number;
  /** flush hands over everything written so far; it rejects when the ledger does not take it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** JournalOptions: recordUsage must be idempotent by request id, since a batch may be handed over twice. */
export interface JournalOptions {
  dir: string;
  recordUsage: (records: UsageRecord[]) => Promise<void>;
  onError: (message: string, error: unknown) => void;
  flushEveryMs?: number;
}

/** BATCH is how many records go to the ledger in one call. */
const BATCH = 500;
/** MAX_SEGMENT_BYTES starts a new file while the ledger is away, so that a flush never reads one huge file. */
const MAX_SEGMENT_BYTES = 8_000_000;
const SYNC_MS = 20;
const FLUSH_MS = 250;
const MAX_BACKOFF_MS = 5_000;
const SEGMENT = /^usage-(\d{12})\.jsonl$/;
const REJECTED = 'usage-rejected.jsonl';

interface Segment {
  file: string;
  records: number;
}

/** openJournal takes over what an earlier process left in the directory and starts to hand it to the ledger. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  mkdirSync(options.dir, { recursive: true });
  const closed: Segment[] = [];
  let sequence = 0;
  for (const name of readdirSync(options.dir).sort()) {
    const number = SEGMENT.exec(name)?.[1];
    if (number === undefined) continue;
    sequence = Math.max(sequence, Number(number));
    const file = path.join(options.dir, name);
    closed.push({
      file,
      records: (await readFile(file, 'utf8')).split('\n').length - 1,
    });
  }
  const writer = createSegmentWriter(options, sequence);
  const flushing = createFlusher(options, writer, closed);
  return {
    append(record) {
      const full = writer.append(record);
      if (full !== null) closed.push(full);
      flushing.schedule();
    },
    waiting: () => closed.reduce((sum, segment) => sum + segment.records, writer.records()),
    flush: flushing.flush,
    async close() {
      await flushing.close();
      writer.close();
    },
  };
}

function createSegmentWriter({ dir, onError }: JournalOptions, lastSequence: number) {
  let sequence = lastSequence;
  let current: (Segment & { fd: number; bytes: number }) | null = null;
  let syncTimer: NodeJS.Timeout | undefined;

  const rotate = (): Segment | null => {
    if (current === null) return null;
    const { file, records, fd } = current;
    clearTimeout(syncTimer);
    syncTimer = undefined;
    closeSync(fd);
    current = null;
    return { file, records };
  };
  return {
    records: () => current?.records ?? 0,
    rotate,
    /** append returns the segment that it filled, or null. */
    append(record: UsageRecord): Segment | null {
      if (current === null) {
        sequence += 1;
        const file = path.join(dir, `usage-${String(sequence).padStart(12, '0')}.jsonl`);
        current = {
          file,
          fd: openSync(file, 'a', 0o600),
          records: 0,
          bytes: 0,
        };
      }
      const segment = current;
      segment.bytes += writeSync(segment.fd, toLine(record));
      segment.records += 1;
      if (segment.bytes >= MAX_SEGMENT_BYTES) return rotate();
      syncTimer ??= setTimeout(() => {
        syncTimer = undefined;
        if (current !== segment) return;
        fdatasync(segment.fd, (error) => {
          if (error !== null && current === segment) onError('The usage journal could not be synced.', error);
        });
      }, SYNC_MS);
      return null;
    },
    close: () => rotate(),
  };
}

function createFlusher(options: JournalOptions, writer: ReturnType<typeof createSegmentWriter>, closed: Segment[]) {
  const everyMs = options.flushEveryMs ?? FLUSH_MS;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let isClosed = false;

  async function handOver(): Promise<void> {
    // What the ledger did not take yet goes first; only then is the current file cut off.
    for (let round = 0; round < 2; round += 1) {
      for (let segment = closed[0]; segment !== undefined; segment = closed[0]) {
        await handOverSegment(segment, options);
        closed.shift();
      }
      const current = round === 0 ? writer.rotate() : null;
      if (current !== null) closed.push(current);
    }
  }
  function flush(): Promise<void> {
    running ??= handOver().finally(() => {
      running = null;
    });
    return running;
  }
  function schedule(delayMs = everyMs): void {
    if (isClosed || timer !== undefined) return;
    timer = setTimeout(async () => {
      try {
        await flush();
        failures = 0;
      } catch (error) {
        failures += 1;
        options.onError('The ledger did not take usage records; they stay in the journal.', error);
      }
      timer = undefined;
      if (closed.length > 0 || writer.records() > 0) schedule(Math.min(everyMs * 2 ** failures, MAX_BACKOFF_MS));
    }, delayMs);
  }
  if (closed.length > 0) schedule(0);
  return {
    flush,
    schedule,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      try {
        await running;
        await flush();
      } catch (error) {
        options.onError('The ledger did not take the last usage records; the next start hands them over.', error);
      }
    },
  };
}

async function handOverSegment(segment: Segment, options: JournalOptions): Promise<void> {
  const lines = (await readFile(segment.file, 'utf8')).split('\n').filter((line) => line !== '');
  const records: UsageRecord[] = [];
  for (const line of lines) {
    const record = fromLine(line);
    if (record !== null) records.push(record);
    else {
      // A line torn by a crash must not block the others, and must not vanish either.
      appendFileSync(path.join(options.dir, REJECTED), `${line}\n`);
      options.onError('A line of the usage journal cannot be read; it is kept beside the journal.', line.slice(0, 200));
    }
  }
  for (let from = 0; from < records.length; from += BATCH) {
    await options.recordUsage(records.slice(from, from + BATCH));
  }
  await rm(segment.file, { force: true });
}
