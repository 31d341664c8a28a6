import type { ByteSource, OpenedBytes } from './byte-source.ts';
import { ImportRefusal } from './import-refusal.ts';

// Without a single byte in between; a slow but moving transfer never runs out of attempts.
const MAX_FAILURES_IN_A_ROW = 5;
const FIRST_WAIT_MILLIS = 500;

/** ReadOptions are how a file is read: `onOpen` sees the first answer and may refuse it, `wait` pauses before another attempt. */
export interface ReadOptions {
  signal: AbortSignal;
  onOpen: (opened: OpenedBytes) => Promise<void>;
  wait: (millis: number) => Promise<void>;
}

/** readResumably yields a file's bytes once each and in order, going on where a lost connection left off. */
export async function* readResumably(source: ByteSource, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const { signal } = options;
  let first: OpenedBytes | null = null;
  let received = 0;
  let failures = 0;
  for (;;) {
    try {
      const opened = await source.open(received, signal);
      if (first === null) await options.onOpen(opened);
      else refuseChanged(first, opened);
      first ??= opened;
      for await (const chunk of skipTo(opened, received)) {
        signal.throwIfAborted();
        received += chunk.length;
        failures = 0;
        refuseTooLong(received, first.totalBytes);
        yield chunk;
      }
      if (first.totalBytes === null || received === first.totalBytes) return;
      throw new Error(`the connection ended after ${received} of ${first.totalBytes} bytes`);
    } catch (err) {
      if (signal.aborted || err instanceof ImportRefusal) throw err;
      failures += 1;
      if (failures >= MAX_FAILURES_IN_A_ROW) throw gaveUp(err, received);
      await options.wait(FIRST_WAIT_MILLIS * 2 ** (failures - 1));
    }
  }
}

/** Passes over what is known already when the other side began at an earlier byte than was asked for. */
async function* skipTo(opened: OpenedBytes, offset: number): AsyncGenerator<Uint8Array> {
  let toSkip = offset - opened.startsAt;
  for await (const chunk of opened.stream) {
    if (toSkip >= chunk.length) {
      toSkip -= chunk.length;
      continue;
    }
    yield toSkip === 0 ? chunk : chunk.subarray(toSkip);
    toSkip = 0;
  }
}

function refuseChanged(first: OpenedBytes, again: OpenedBytes): void {
  if (first.tag !== again.tag || first.totalBytes !== again.totalBytes) {
    throw new ImportRefusal('SourceChanged', 'The file changed while it was being copied. Retry to copy the new one.');
  }
}

function refuseTooLong(received: number, totalBytes: number | null): void {
  if (totalBytes !== null && received > totalBytes) {
    throw new ImportRefusal('WrongSize', `The source announced ${totalBytes} bytes and sent more. Check the address.`);
  }
}

function gaveUp(err: unknown, received: number): ImportRefusal {
  const cause = err instanceof Error ? reasonOf(err) : String(err);
  return new ImportRefusal(
    'SourceUnavailable',
    `The source did not answer ${MAX_FAILURES_IN_A_ROW} times in a row after ${received} bytes (${cause}). Check that this server can reach it, then retry.`,
  );
}

/** fetch hides what happened in the cause. */
function reasonOf(err: Error): string {
  return err.cause instanceof Error ? `${err.message}: ${err.cause.message}` : err.message;
}
