'use client';
import { ConfirmDialog, IconButton, RelativeTime, StatusBadge, toast } from '@slipway/ui';
import { useMutation } from '@tanstack/react-query';
import { CircleOff } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';

interface Grant {
  id: string;
  slots: number;
  status: string;
  startsAt: string;
  endsAt: string | null;
}

/** GrantList shows each grant with its end; who decides may end one now. */
export function GrantList({ grants }: { grants: readonly Grant[] }) {
  const canRevoke = useCan('quota:decide');
  if (grants.length === 0) return null;
  return (
    <ul className="mt-4 flex flex-col divide-y divide-line border-line border-t">
      {grants.map((grant) => (
        <li key={grant.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-[13px]">
          <StatusBadge status={grant.status} />
          <span className="numeric font-medium text-ink">{grant.slots === 1 ? '1 slot' : `${grant.slots} slots`}</span>
          <span className="flex-1 text-ink-muted">
            {grant.endsAt === null ? 'without end date' : <GrantEnd status={grant.status} endsAt={grant.endsAt} />}
          </span>
          {canRevoke && grant.status === 'ready' ? <RevokeGrant grant={grant} /> : null}
        </li>
      ))}
    </ul>
  );
}

function GrantEnd({ status, endsAt }: { status: string; endsAt: string }) {
  return (
    <>
      {status === 'ready' ? 'ends ' : 'ended '}
      <RelativeTime at={endsAt} />
    </>
  );
}

function RevokeGrant({ grant }: { grant: Grant }) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const revoke = useMutation(
    trpc.quota.revokeGrant.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        toast('The grant ended');
      },
    }),
  );
  return (
    <>
      <IconButton size="sm" label={`End grant of ${grant.slots} slots`} onClick={() => setOpen(true)}>
        <CircleOff aria-hidden />
      </IconButton>
      <ConfirmDialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`End this grant of ${grant.slots} slots now?`}
        description="What runs keeps running; nothing new starts beyond what is left. The team can request again."
        confirmLabel="End grant"
        isPending={revoke.isPending}
        error={revoke.error?.message}
        onConfirm={() => revoke.mutate({ grantId: grant.id })}
      />
    </>
  );
}
