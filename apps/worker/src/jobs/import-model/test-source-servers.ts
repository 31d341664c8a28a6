import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** digestOf is the digest of bytes as the platform writes it. */
export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Fault is what a test server does wrong. */
export interface Fault {
  /** dropAfter ends the connection after so many bytes of each answer, as long as `drops` lasts. */
  dropAfter?: number;
  drops?: number;
  ignoresRange?: boolean;
  linkedDigest?: string;
  status?: number;
}
/** SourceServer is a local stand-in; `requests` are what was asked of it. */
export interface SourceServer {
  url: string;
  requests: { host: string; url: string; range: string | undefined; authorization: string | undefined }[];
  close(): Promise<void>;
}

/** startHub speaks the resolve protocol of Hugging Face's hub: it redirects to a storage of another origin. */
export async function startHub(bytes: Uint8Array, fault: Fault = {}): Promise<SourceServer> {
  const requests: SourceServer['requests'] = [];
  const storage = await listen((req, res) => {
    requests.push({ host: 'storage', ...seen(req) });
    deliver(req, res, { bytes, fault, tag: '"storage"' });
  });
  const hub = await listen((req, res) => {
    requests.push({ host: 'hub', ...seen(req) });
    if (fault.status !== undefined) {
      res.writeHead(fault.status).end('no');
      return;
    }
    if (!req.url?.startsWith('/owner/name/resolve/main/')) {
      res.writeHead(404).end('Entry not found');
      return;
    }
    res.writeHead(302, {
      location: `${storage.url}/signed?expires=1`,
      'x-linked-etag': `"${(fault.linkedDigest ?? digestOf(bytes)).replace('sha256:', '')}"`,
      'x-linked-size': String(bytes.length),
    });
    res.end();
  });
  return { url: hub.url, requests, close: async () => void (await Promise.all([hub.close(), storage.close()])) };
}

/** startS3 answers GetObject of path-style addresses. */
export async function startS3(bytes: Uint8Array, fault: Fault = {}): Promise<SourceServer> {
  const requests: SourceServer['requests'] = [];
  const server = await listen((req, res) => {
    requests.push({ host: 's3', ...seen(req) });
    if (fault.status !== undefined) {
      const code = fault.status === 403 ? 'AccessDenied' : 'InternalError';
      res.writeHead(fault.status, { 'content-type': 'application/xml' });
      res.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
      return;
    }
    if (!req.url?.startsWith('/bucket/models/tiny.gguf')) {
      res.writeHead(404, { 'content-type': 'application/xml' });
      res.end('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no</Message></Error>');
      return;
    }
    deliver(req, res, { bytes, fault, tag: '"s3"' });
  });
  return { url: server.url, requests, close: server.close };
}

function deliver(
  req: IncomingMessage,
  res: ServerResponse,
  { bytes, fault, tag }: { bytes: Uint8Array; fault: Fault; tag: string },
): void {
  const from = fault.ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? 0);
  const rest = bytes.subarray(from);
  const isPartial = from > 0;
  res.writeHead(isPartial ? 206 : 200, {
    etag: tag,
    'content-length': rest.length,
    ...(isPartial ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  });
  if (fault.dropAfter !== undefined && (fault.drops ?? 0) > 0) {
    fault.drops = (fault.drops ?? 0) - 1;
    res.write(rest.subarray(0, fault.dropAfter), () => res.destroy());
    return;
  }
  res.end(rest);
}

function seen(req: IncomingMessage) {
  return { url: req.url ?? '', range: req.headers.range, authorization: req.headers.authorization };
}

async function listen(
  handle: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(handle);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
