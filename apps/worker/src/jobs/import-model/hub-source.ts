import type { ByteSource, OpenedBytes } from './byte-source.ts';
import { ImportRefusal } from './import-refusal.ts';

const MAX_REDIRECTS = 5;

/** HubFile names a file of a model hub that speaks Hugging Face's protocol. */
export interface HubFile {
  /** hubUrl is the hub's address without a path. */
  hubUrl: string;
  repository: string;
  revision: string;
  file: string;
  token?: string | undefined;
}

interface LinkedFile {
  etag: string | null;
  size: number | null;
}

/** createHubSource reads a file through the hub's resolve address; size and digest are the hub's own where it tells them. */
export function createHubSource(hub: HubFile): ByteSource {
  return {
    open: async (offset, signal) => {
      const { response, linked } = await request(hub, offset, signal);
      refuseStatus(response, hub);
      return opened(response, linked, offset);
    },
  };
}

async function request(
  hub: HubFile,
  offset: number,
  signal: AbortSignal,
): Promise<{ response: Response; linked: LinkedFile }> {
  const encode = (path: string) => path.split('/').map(encodeURIComponent).join('/');
  const base = new URL(hub.hubUrl);
  let url = new URL(`/${encode(hub.repository)}/resolve/${encodeURIComponent(hub.revision)}/${encode(hub.file)}`, base);
  const linked: LinkedFile = { etag: null, size: null };
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const isHub = url.origin === base.origin;
    const response = await fetch(url, { headers: headersFor(hub, offset, isHub), redirect: 'manual', signal });
    // Only the hub itself is believed about what the file should be; the storage behind it only delivers.
    if (isHub) {
      linked.etag ??= response.headers.get('x-linked-etag');
      linked.size ??= wholeNumber(response.headers.get('x-linked-size'));
    }
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return { response, linked };
    await response.body?.cancel();
    url = nextUrl(url, location);
  }
  throw new ImportRefusal('TooManyRedirects', 'The hub redirected too often. Check the repository name.');
}

function headersFor(hub: HubFile, offset: number, isHub: boolean): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    'user-agent': 'slipway',
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    // The token is for the hub alone: storage hosts get signed addresses.
    ...(isHub && hub.token !== undefined ? { authorization: `Bearer ${hub.token}` } : {}),
  };
}

function nextUrl(from: URL, location: string): URL {
  const next = new URL(location, from);
  const isDowngrade = from.protocol === 'https:' && next.protocol !== 'https:';
  if (isDowngrade || !['https:', 'http:'].includes(next.protocol)) {
    throw new ImportRefusal(
      'UnsafeRedirect',
      'The hub redirected to an address without encryption; that is not followed.',
    );
  }
  return next;
}

function refuseStatus(response: Response, hub: HubFile): void {
  if (response.status === 200 || response.status === 206) return;
  void response.body?.cancel();
  if (response.status === 401 || response.status === 403) {
    const remedy = hub.token === undefined ? 'give a token that may read it' : 'the token given may not read it';
    throw new ImportRefusal(
      'AccessDenied',
      `The hub refuses ${hub.repository} (HTTP ${response.status}): it is private, gated or does not exist; ${remedy}.`,
    );
  }
  if (response.status === 404) {
    throw new ImportRefusal(
      'SourceMissing',
      `There is no file ${hub.file} at revision ${hub.revision} of ${hub.repository}. Check the names.`,
    );
  }
  throw new Error(`HTTP ${response.status}`);
}

function opened(response: Response, linked: LinkedFile, offset: number): OpenedBytes {
  const range = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const isPartial = response.status === 206 && range !== null;
  const startsAt = isPartial ? Number(range[1]) : 0;
  if (startsAt > offset) throw new Error('the answer begins after the byte that was asked for');
  const delivered = isPartial ? wholeNumber(range[2] ?? null) : wholeNumber(response.headers.get('content-length'));
  if (linked.size !== null && delivered !== null && linked.size !== delivered) {
    throw new ImportRefusal(
      'WrongSize',
      `The hub announces ${linked.size} bytes, its storage sends ${delivered}. Retry later.`,
    );
  }
  if (response.body === null) throw new Error('the answer has no body');
  const sha256 = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(linked.etag ?? '')?.[1];
  return {
    stream: response.body,
    startsAt,
    totalBytes: linked.size ?? delivered,
    tag: linked.etag ?? response.headers.get('etag'),
    digest: sha256 === undefined ? null : `sha256:${sha256.toLowerCase()}`,
  };
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
