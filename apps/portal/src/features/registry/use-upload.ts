'use client';
import { useEffect, useRef, useState } from 'react';
import { Upload } from 'tus-js-client';
import { addSample, bytesPerSecond, type Sample, secondsLeft } from './upload-rate.ts';

/** UploadState is how far a file is; `paused` can go on, `failed` says why it stopped. */
export interface UploadState {
  status: 'idle' | 'uploading' | 'paused' | 'finished' | 'failed';
  file: { name: string; size: number } | null;
  sentBytes: number;
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  uploadId: string | null;
  error: string | null;
  /** isResumed: an earlier upload of the same file goes on. */
  isResumed: boolean;
}
const IDLE: UploadState = {
  status: 'idle',
  file: null,
  sentBytes: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  uploadId: null,
  error: null,
  isResumed: false,
};

// Small enough for proxies that limit a body, large enough that their number does not matter.
const CHUNK_BYTES = 16 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1_000, 3_000, 5_000, 10_000];

/** useUpload sends a file in pieces; after a reload the same file goes on where it stopped. */
export function useUpload({ team, purpose }: { team: string; purpose: 'model' | 'dataset' }) {
  const [state, setState] = useState<UploadState>(IDLE);
  const current = useRef<{ upload: Upload; samples: Sample[] } | null>(null);

  // The transfer is outside React: two of the same file would fight over it when the form is opened again.
  useEffect(() => () => void current.current?.upload.abort(), []);

  const change = (values: Partial<UploadState>) => setState((before) => ({ ...before, ...values }));
  const onProgress = (sent: number, total: number) => {
    if (current.current === null) return;
    const samples = addSample(current.current.samples, { at: performance.now(), bytes: sent });
    current.current.samples = samples;
    const rate = bytesPerSecond(samples);
    change({ sentBytes: sent, bytesPerSecond: rate, secondsLeft: secondsLeft(total - sent, rate) });
  };
  const start = async (file: File) => {
    await current.current?.upload.abort();
    const upload = new Upload(file, {
      endpoint: '/api/uploads',
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      metadata: { team, purpose, filename: file.name },
      removeFingerprintOnSuccess: true,
      // The same file for another team or purpose is another upload.
      fingerprint: async () => ['slipway', team, purpose, file.name, file.size, file.lastModified].join(':'),
      onProgress,
      onSuccess: () =>
        change({ status: 'finished', sentBytes: file.size, uploadId: idOf(upload.url), secondsLeft: null }),
      onError: (error) => change({ status: 'failed', error: reasonOf(error), bytesPerSecond: null, secondsLeft: null }),
    });
    current.current = { upload, samples: [] };
    const previous = await upload.findPreviousUploads().catch(() => []);
    const latest = previous.at(0);
    if (latest !== undefined) upload.resumeFromPreviousUpload(latest);
    setState({
      ...IDLE,
      status: 'uploading',
      file: { name: file.name, size: file.size },
      isResumed: latest !== undefined,
    });
    upload.start();
  };
  return {
    state,
    start: (file: File) => void start(file),
    pause() {
      void current.current?.upload.abort();
      change({ status: 'paused', bytesPerSecond: null, secondsLeft: null });
    },
    resume() {
      if (current.current === null) return;
      current.current.samples = [];
      change({ status: 'uploading', error: null });
      current.current.upload.start();
    },
    reset() {
      void current.current?.upload.abort();
      current.current = null;
      setState(IDLE);
    },
  };
}

const idOf = (url: string | null) => url?.split('/').at(-1) ?? null;

function reasonOf(error: Error): string {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  const body =
    typeof response === 'object' && response !== null && 'getBody' in response && typeof response.getBody === 'function'
      ? String(response.getBody() ?? '')
      : '';
  const words = messageIn(body);
  if (words !== '') return words;
  return 'The connection broke off. What arrived is kept: resume, or choose the same file again later.';
}

function messageIn(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // tus answers in plain words, not in JSON.
  }
  return body.length < 300 ? body.trim() : '';
}
