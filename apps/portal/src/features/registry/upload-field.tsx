'use client';
import { Button, cn, formatBytes, formatDuration, formatPercent, Notice, Progress } from '@slipway/ui';
import { FileUp, Pause, Play, X } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import type { UploadState } from './use-upload.ts';

/** UploadFieldProps: `accept` are file endings; `error` is what is wrong with the choice. */
export interface UploadFieldProps {
  label: string;
  accept: string;
  help: string;
  state: UploadState;
  error?: string | undefined;
  onChoose(file: File): void;
  onPause(): void;
  onResume(): void;
  onReset(): void;
}

/** UploadField takes a file by choice or by drop and shows how far its upload is. */
export function UploadField(props: UploadFieldProps) {
  const { label, accept, help, state, error, onChoose } = props;
  const id = useId();
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) onChoose(file);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-[13px] text-ink">
        {label}
      </label>
      {state.file === null ? (
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
          className={cn(
            'flex flex-col items-center gap-2 rounded-md border border-line-strong border-dashed px-4 py-6 text-center',
            isOver && 'border-accent bg-accent-soft',
          )}
        >
          <FileUp aria-hidden className="size-5 text-ink-muted" />
          <input
            id={id}
            type="file"
            accept={accept}
            aria-describedby={`${id}-help`}
            aria-invalid={error === undefined ? undefined : true}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) onChoose(file);
            }}
            className="max-w-full text-[13px] text-ink-muted file:mr-3 file:h-8 file:cursor-pointer file:rounded-md file:border file:border-line file:bg-surface file:px-3 file:font-medium file:text-[13px] file:text-ink hover:file:bg-surface-hover pointer-coarse:file:h-11"
          />
          <p id={`${id}-help`} className="text-[12.5px] text-ink-muted">
            {help}
          </p>
        </div>
      ) : (
        <Sending {...props} />
      )}
      {error === undefined ? null : (
        <p role="alert" className="text-[12.5px] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

const WORDS = { idle: '', uploading: 'Uploading', paused: 'Paused', finished: 'Uploaded', failed: 'Stopped' };

function Sending({ state, onPause, onResume, onReset }: UploadFieldProps) {
  const { file, status, sentBytes } = state;
  if (file === null) return null;
  const share = file.size === 0 ? 1 : sentBytes / file.size;
  const rate = state.bytesPerSecond === null ? '' : ` · ${formatBytes(state.bytesPerSecond)}/s`;
  const left = state.secondsLeft === null ? '' : ` · ${formatDuration(state.secondsLeft)} left`;
  return (
    <div className="flex flex-col gap-2 rounded-md border border-line px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 break-all font-medium text-[13px]">{file.name}</span>
        {status === 'uploading' ? (
          <Button size="sm" onClick={onPause}>
            <Pause aria-hidden />
            Pause upload
          </Button>
        ) : null}
        {status === 'paused' || status === 'failed' ? (
          <Button size="sm" onClick={onResume}>
            <Play aria-hidden />
            Resume upload
          </Button>
        ) : null}
        <Button size="sm" variant="ghost" onClick={onReset}>
          <X aria-hidden />
          Choose another file
        </Button>
      </div>
      <Progress
        value={share}
        label={`Upload of ${file.name}`}
        tone={status === 'finished' ? 'success' : status === 'failed' ? 'danger' : 'accent'}
      />
      <p aria-live="polite" className="numeric text-[12.5px] text-ink-muted">
        {WORDS[status]} {formatBytes(sentBytes)} of {formatBytes(file.size)} ({formatPercent(share, 0)}){rate}
        {left}
        {state.isResumed && status !== 'finished' ? ' · goes on where it stopped' : ''}
      </p>
      {state.error === null ? null : <Notice tone="danger">{state.error}</Notice>}
    </div>
  );
}
