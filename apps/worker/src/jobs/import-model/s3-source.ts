import type { S3Client, S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import type { ByteSource, OpenedBytes } from './byte-source.ts';
import { ImportRefusal } from './import-refusal.ts';

/** S3Object names an object; without keys it is read as anybody may read it. */
export interface S3Object {
  uri: string;
  region?: string | undefined;
  endpoint?: string | undefined;
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
}

/** createS3Source reads an object with GetObject, from any service that speaks S3. */
export function createS3Source(object: S3Object): ByteSource {
  const { bucket, key } = parseUri(object.uri);
  let client: S3Client | undefined;
  let tag: string | undefined;
  return {
    open: async (offset, signal) => {
      // The SDK takes long to load and most imports do not need it.
      const sdk = await import('@aws-sdk/client-s3');
      client ??= new sdk.S3Client(clientOptions(object));
      const command = new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(offset > 0 ? { Range: `bytes=${offset}-` } : {}),
        ...(tag === undefined ? {} : { IfMatch: tag }),
      });
      const answer = await client.send(command, { abortSignal: signal }).catch((err: unknown) => {
        throw err instanceof sdk.S3ServiceException ? refusal(err, object.uri) : err;
      });
      tag ??= answer.ETag;
      const range = /^bytes (\d+)-\d*\/(\d+)$/.exec(answer.ContentRange ?? '');
      const opened: OpenedBytes = {
        stream: answer.Body as unknown as AsyncIterable<Uint8Array>,
        startsAt: range === null ? 0 : Number(range[1]),
        totalBytes: range === null ? (answer.ContentLength ?? null) : Number(range[2]),
        tag: answer.ETag ?? null,
        digest: null,
      };
      return opened;
    },
  };
}

function parseUri(uri: string): { bucket: string; key: string } {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new ImportRefusal(
      'SourceMissing',
      `${JSON.stringify(uri)} is no address of an object: give s3://bucket/key.`,
    );
  }
  return { bucket: match[1], key: match[2] };
}

function clientOptions(object: S3Object): S3ClientConfig {
  const { accessKeyId, secretAccessKey, endpoint } = object;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region: object.region ?? 'us-east-1',
    maxAttempts: 1,
    // Bytes are digested on the way; the SDK's own checksums would wrap the stream once more.
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    credentials: hasKeys ? { accessKeyId, secretAccessKey } : { accessKeyId: '', secretAccessKey: '' },
    // Never this server's own identity: a user must not read with it what they may not read themselves.
    ...(hasKeys ? {} : { signer: { sign: async (request) => request } }),
  };
}

function refusal(err: S3ServiceException, uri: string): Error {
  const status = err.$metadata.httpStatusCode;
  if (err.name === 'NoSuchBucket' || err.name === 'NoSuchKey' || err.name === 'NotFound' || status === 404) {
    return new ImportRefusal('SourceMissing', `There is no object ${uri}. Check bucket, key, region and endpoint.`);
  }
  if (status === 401 || status === 403) {
    return new ImportRefusal('AccessDenied', `The store refuses ${uri} (${err.name}). Give keys that may read it.`);
  }
  if (status === 412) {
    return new ImportRefusal('SourceChanged', 'The file changed while it was being copied. Retry to copy the new one.');
  }
  if (status === 301 || status === 307) {
    return new ImportRefusal('WrongRegion', `The bucket of ${uri} is in another region. Give its region.`);
  }
  return err;
}
