import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DomainError, HTTP_STATUS, unauthenticated } from '@slipway/domain';
import { type Actor, requireOwnPassword } from '@slipway/domain/access';
import { abandonUpload, beginUpload, receiveUpload, requireOwnUpload } from '@slipway/use-cases/registry';
import { FileStore } from '@tus/file-store';
import { EVENTS, Server } from '@tus/server';
import { bearerActor, sessionActor } from './actor.ts';
import { getDeps } from './deps.ts';
import { refuseForeignOrigin } from './same-origin.ts';

const PATH = '/api/uploads';
const PROGRESS_MS = 1_000;
const holder = globalThis as { slipwayUploads?: Server };
// tus hands its callbacks the request only: this says who sent it.
const actors = new WeakMap<object, Actor>();

/** handleUpload answers tus: resumable uploads by a session or a personal access token. */
export async function handleUpload(req: Request): Promise<Response> {
  const hasToken = req.headers.has('authorization');
  const refusal = hasToken ? null : refuseForeignOrigin(req);
  if (refusal !== null) return refusal;
  try {
    const actor = await (hasToken ? bearerActor(req.headers) : sessionActor(req.headers));
    if (actor === null) throw unauthenticated();
    requireOwnPassword(actor);
    const id = new URL(req.url).pathname.slice(PATH.length + 1);
    if (id !== '') await requireOwnUpload(getDeps(), actor, id);
    actors.set(req, actor);
    return await getServer().handleWeb(req);
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause;
    return Response.json({ message: cause.message, field: cause.field ?? null }, { status: HTTP_STATUS[cause.code] });
  }
}

function getServer(): Server {
  holder.slipwayUploads ??= createServer();
  return holder.slipwayUploads;
}

function createServer(): Server {
  const deps = getDeps();
  const directory = join(deps.dataDir, 'uploads');
  mkdirSync(directory, { recursive: true });
  const server = new Server({
    path: PATH,
    datastore: new FileStore({ directory }),
    relativeLocation: true,
    postReceiveInterval: PROGRESS_MS,
    disableTerminationForFinishedUploads: true,
    namingFunction: () => randomUUID(),
    onUploadCreate: async (req, upload) => {
      const actor = actors.get(req);
      if (actor === undefined) throw tusError(unauthenticated());
      const { team, purpose, filename } = upload.metadata ?? {};
      const input = { team: team ?? '', purpose: purpose ?? '', fileName: filename ?? '', sizeBytes: upload.size ?? 0 };
      await beginUpload(deps, actor, { uploadId: upload.id, ...input }).catch((cause: unknown) => {
        throw tusError(cause);
      });
      return {};
    },
    onUploadFinish: async (_req, upload) => {
      await receiveUpload(deps, { uploadId: upload.id, receivedBytes: upload.offset, isComplete: true });
      return {};
    },
  });
  server.on(EVENTS.POST_RECEIVE, (_req, upload) => {
    if (upload.offset === upload.size) return;
    receiveUpload(deps, { uploadId: upload.id, receivedBytes: upload.offset, isComplete: false }).catch(
      logProgressError,
    );
  });
  server.on(EVENTS.POST_TERMINATE, (_req, _res, id) => {
    abandonUpload(deps, id).catch(logProgressError);
  });
  return server;
}

// How far an upload is is news only: the bytes on disk decide.
const logProgressError = (cause: unknown) => process.stderr.write(`Upload progress was not noted: ${String(cause)}\n`);

function tusError(cause: unknown): unknown {
  if (!(cause instanceof DomainError)) return cause;
  return { status_code: HTTP_STATUS[cause.code], body: `${cause.message}\n` };
}
