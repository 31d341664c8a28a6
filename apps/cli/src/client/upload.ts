import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Upload } from 'tus-js-client';
import { CliError, kindOfStatus } from './cli-error.ts';

/** CHUNK_BYTES is what a lost connection may cost. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/** UploadRequest is a file for the platform. */
export interface UploadRequest {
  url: string;
  token: string;
  team: string;
  purpose: 'model' | 'dataset';
  filePath: string;
  onProgress: (sentBytes: number, totalBytes: number) => void;
}

/** uploadFile sends a file resumably and answers the upload's id. */
export async function uploadFile(request: UploadRequest): Promise<string> {
  const { url, token, team, purpose, filePath, onProgress } = request;
  const size = await stat(filePath).then(
    (found) => found.size,
    () => {
      throw new CliError('usage', `There is no file ${filePath}.`);
    },
  );
  return new Promise((resolve, reject) => {
    const upload = new Upload(createReadStream(filePath), {
      endpoint: `${url}/api/uploads`,
      uploadSize: size,
      chunkSize: CHUNK_BYTES,
      retryDelays: [500, 1_000, 2_000, 5_000],
      headers: { authorization: `Bearer ${token}` },
      metadata: { team, purpose, filename: basename(filePath) },
      storeFingerprintForResuming: false,
      onProgress: (sent) => onProgress(sent, size),
      onError: (error) => reject(toCliError(error)),
      onSuccess: () => {
        const id = upload.url?.split('/').pop();
        if (id === undefined) reject(new CliError('unexpected', 'The portal did not name the upload.'));
        else resolve(decodeURIComponent(id));
      },
    });
    upload.start();
  });
}

function toCliError(error: Error): CliError {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (typeof response !== 'object' || response === null || !('getStatus' in response) || !('getBody' in response)) {
    return new CliError('unavailable', `The upload failed: ${error.message}`);
  }
  const { getStatus, getBody } = response as { getStatus(): number; getBody(): string };
  const status = getStatus.call(response);
  return new CliError(
    kindOfStatus(status),
    `The upload was refused (HTTP ${status}): ${getBody.call(response).slice(0, 300)}`,
  );
}
