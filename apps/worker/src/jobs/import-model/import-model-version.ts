import { setTimeout as delay } from 'node:timers/promises';
import {
  type ArtifactStore,
  type Database,
  DigestMismatch,
  findVersionById,
  publish,
  readSourceSecret,
  type StoredArtifact,
  startImport,
  type VersionRecord,
  withTransaction,
} from '@slipway/db';
import type { Condition } from '@slipway/domain';
import { type GgufMetadata, type StoredSource, storedSourceSchema } from '@slipway/domain/registry';
import type { OpenedBytes } from './byte-source.ts';
import { requireSpace } from './free-space.ts';
import { ImportAbandoned, ImportProgress } from './import-progress.ts';
import { ImportRefusal } from './import-refusal.ts';
import { GgufInspector } from './inspect-gguf.ts';
import { openSource, removeUpload } from './open-source.ts';
import { readResumably } from './read-resumably.ts';
import { recordFailure, recordImported } from './record-import.ts';

// Where models of the source `huggingface` are read from unless the installation names a mirror.
const DEFAULT_HUB_URL = 'https://huggingface.co';
// Larger than any published GGUF; a limit at all keeps a wrong address from filling the disk.
const DEFAULT_MAX_MODEL_BYTES = 2 * 1024 ** 4;

/** ImportDeps is everything outside that an import may touch; the optional ones are for other hubs and for tests. */
export interface ImportDeps {
  db: Database;
  artifacts: ArtifactStore;
  dataDir: string;
  now: () => Date;
  allowedModelPaths: string[];
  hubUrl?: string | undefined;
  maxModelBytes?: number;
  /** wait pauses between attempts. */
  wait?: (millis: number, signal: AbortSignal) => Promise<void>;
}

/**
 * importModelVersion copies, checks and digests a registered version's bytes; it may run twice and be interrupted anywhere.
 * What the source or the file is to blame for ends in status `failed` with the reason; it throws only when interrupted or when the database does not answer.
 */
export async function importModelVersion(deps: ImportDeps, versionId: string, signal: AbortSignal): Promise<void> {
  const begun = await begin(deps, versionId);
  if (begun === null) return;
  const { version, stored } = begun;
  try {
    if (stored === null)
      throw new ImportRefusal('SourceMissing', 'Where to import it from is not known any more. Register it again.');
    const { artifact, metadata } = await transfer(deps, { version, stored, signal });
    await recordImported(deps, { version, artifact, metadata });
    if (stored.source.kind === 'upload') await removeUpload(deps.dataDir, stored.source.uploadId);
  } catch (err) {
    // The version is as it was: the job runs again when the worker is back.
    if (signal.aborted) throw err;
    if (err instanceof ImportAbandoned) return;
    const refusal = asRefusal(err);
    if (refusal === null) throw err;
    await recordFailure(deps, { version, stored, refusal });
  }
}

async function begin(
  deps: ImportDeps,
  versionId: string,
): Promise<{ version: VersionRecord; stored: StoredSource | null } | null> {
  return withTransaction(deps.db, async (tx) => {
    const since = deps.now().toISOString();
    const condition: Condition = {
      type: 'Imported',
      reason: 'Copying',
      message: 'Copying and checking the file.',
      since,
    };
    if (!(await startImport(tx, versionId, condition))) return null;
    const version = await findVersionById(tx, versionId);
    if (version === null) return null;
    await publish(tx, { noun: 'registry', id: version.id, teamId: version.teamId });
    const stored = storedSourceSchema.safeParse(await readSourceSecret(tx, versionId));
    return { version, stored: stored.success ? stored.data : null };
  });
}

async function transfer(
  deps: ImportDeps,
  job: { version: VersionRecord; stored: StoredSource; signal: AbortSignal },
): Promise<{ artifact: StoredArtifact; metadata: GgufMetadata }> {
  const { version, stored, signal } = job;
  const hubUrl = deps.hubUrl ?? DEFAULT_HUB_URL;
  const source = await openSource(stored.source, { ...deps, hubUrl });
  const progress = new ImportProgress(deps.db, version, deps.now);
  let announced: string | null = null;
  const onOpen = async (opened: OpenedBytes) => {
    announced = checkAnnounced(version.expectedDigest, opened.digest);
    await checkSize(deps, opened.totalBytes);
    await progress.setTotal(opened.totalBytes);
  };
  const inspector = new GgufInspector(
    () => progress.totalBytes,
    (header) => (progress.totalBytes === null ? checkSize(deps, header.expectedFileBytes) : Promise.resolve()),
  );
  const wait = deps.wait ?? ((millis, aborted) => delay(millis, undefined, { signal: aborted }));
  const bytes = readResumably(source, { signal, onOpen, wait: (millis) => wait(millis, signal) });
  const checked = refuseEndless(inspector.pass(progress.count(bytes)), deps.maxModelBytes ?? DEFAULT_MAX_MODEL_BYTES);
  const artifact = await deps.artifacts.put(checked, { signal, expectedDigest: () => announced ?? undefined });
  return { artifact, metadata: inspector.header.metadata };
}

function checkAnnounced(expected: string | null, announced: string | null): string | null {
  if (expected !== null && announced !== null && expected !== announced) {
    throw new ImportRefusal(
      'DigestMismatch',
      `The source announces ${announced}, expected was ${expected}: it is another file. Check the address and the digest.`,
    );
  }
  return expected ?? announced;
}

async function checkSize(deps: ImportDeps, totalBytes: number | null): Promise<void> {
  if (totalBytes === null) return;
  const most = deps.maxModelBytes ?? DEFAULT_MAX_MODEL_BYTES;
  if (totalBytes > most) throw tooLarge(totalBytes, most);
  await requireSpace(deps.dataDir, totalBytes);
}

async function* refuseEndless(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > most) throw tooLarge(seen, most);
    yield chunk;
  }
}

function tooLarge(bytes: number, most: number): ImportRefusal {
  return new ImportRefusal(
    'TooLarge',
    `The file has ${bytes} bytes or more; at most ${most} are taken. Register a smaller quantisation.`,
  );
}

/** What a retry by itself would not mend, in words; null is left to the job queue. */
function asRefusal(err: unknown): ImportRefusal | null {
  if (err instanceof ImportRefusal) return err;
  if (err instanceof DigestMismatch) {
    return new ImportRefusal(
      'DigestMismatch',
      `${err.message} The file was changed or damaged on its way. Check the digest, then retry.`,
    );
  }
  if (err instanceof Error && 'code' in err && err.code === 'ENOSPC') {
    return new ImportRefusal('NoSpace', 'The disk of the data directory is full. Make room, then retry.');
  }
  return null;
}
