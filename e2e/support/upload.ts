import { readE2eConfig } from '../env.ts';
import type { Rest } from './rest.ts';

const config = readE2eConfig();
const TUS = { 'tus-resumable': '1.0.0' };

/** uploadBytes uploads with the tus protocol in two pieces, as a client whose connection dropped would, and gives the upload's id. */
export async function uploadBytes(rest: Rest, bytes: Buffer, fileName: string, team = 'vision'): Promise<string> {
  const authorization = `Bearer ${rest.token}`;
  const metadata = Object.entries({ team, purpose: 'model', filename: fileName })
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
  const created = await fetch(`${config.portalUrl}/api/uploads`, {
    method: 'POST',
    headers: { ...TUS, authorization, 'upload-length': String(bytes.length), 'upload-metadata': metadata },
  });
  const location = created.headers.get('location');
  if (!created.ok || location === null) throw new Error(`upload refused: ${created.status} ${await created.text()}`);
  const url = new URL(location, config.portalUrl);
  const middle = Math.floor(bytes.length / 2);
  await patch(url, authorization, bytes.subarray(0, middle), 0);
  const head = await fetch(url, { method: 'HEAD', headers: { ...TUS, authorization } });
  const offset = Number(head.headers.get('upload-offset'));
  await patch(url, authorization, bytes.subarray(offset), offset);
  return url.pathname.split('/').at(-1) ?? '';
}

async function patch(url: URL, authorization: string, piece: Buffer, offset: number): Promise<void> {
  const response = await fetch(url, {
    method: 'PATCH',
    headers: {
      ...TUS,
      authorization,
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(piece),
  });
  if (!response.ok) throw new Error(`upload broke: ${response.status} ${await response.text()}`);
}
