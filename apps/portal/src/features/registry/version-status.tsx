'use client';
import { Button, Elapsed, formatBytes, Notice, Progress, StatusBadge } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from './types.ts';

/** isImporting says whether a version's bytes are still on their way. */
export const isImporting = (version: Pick<Version, 'status'>) =>
  version.status === 'pending' || version.status === 'starting' || version.status === 'running';

/** VersionStatus is a version's status; while it is imported, how far it is. */
export function VersionStatus({ version }: { version: Version }) {
  const share = shareOf(version);
  return (
    <span className="inline-flex items-center gap-2">
      <StatusBadge status={version.status} word={wordOf(version)} />
      {isImporting(version) && share !== null ? (
        <Progress value={share} label={`Import of ${version.label}`} className="w-16" />
      ) : null}
    </span>
  );
}

function wordOf({ status }: Version): string {
  if (status === 'starting') return 'importing';
  return status === 'cancelled' ? 'duplicate' : status;
}

const shareOf = ({ transferredBytes, totalBytes }: Version) =>
  totalBytes === null || totalBytes === 0 ? null : Math.min(1, transferredBytes / totalBytes);

/** ImportState says how far an import is, or why it failed and how to try again; nothing for a version that is ready. */
export function ImportState({ team, version, mayWrite }: { team: string; version: Version; mayWrite: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const retry = useMutation(
    trpc.registry.retryModelVersion.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.registry.pathFilter()),
    }),
  );
  if (isImporting(version)) {
    const share = shareOf(version);
    const total = version.totalBytes === null ? '' : ` of ${formatBytes(version.totalBytes)}`;
    return (
      <Notice title={version.status === 'pending' ? 'Waiting to be imported' : 'Importing'}>
        <p aria-live="polite">{version.condition?.message ?? 'The bytes are copied, checked and digested.'}</p>
        <Progress value={share} label={`Import of ${version.label}`} className="my-2" />
        <p className="numeric text-[12.5px] text-ink-muted">
          {formatBytes(version.transferredBytes)}
          {total} · for <Elapsed from={version.condition?.since ?? version.createdAt} to={null} />
        </p>
      </Notice>
    );
  }
  if (version.status === 'cancelled') {
    return (
      <Notice tone="warning" title="The model already has these bytes">
        {version.condition?.message ?? 'The same file is another version of this model; use that one.'}
      </Notice>
    );
  }
  if (version.status !== 'failed') return null;
  return (
    <Notice
      tone="danger"
      title="The import failed"
      action={
        mayWrite ? (
          <Button size="sm" isPending={retry.isPending} onClick={() => retry.mutate({ team, versionId: version.id })}>
            <RotateCw aria-hidden />
            Retry import
          </Button>
        ) : undefined
      }
    >
      <p>{version.condition?.message ?? 'No reason was recorded.'}</p>
      {retry.error === null ? null : <p className="mt-1">{messageOf(retry.error)}</p>}
    </Notice>
  );
}
