'use client';
import { ConfirmDialog, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { RunDetail } from './types.ts';

interface CancelRunDialogProps {
  team: string;
  run: RunDetail;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}

/** CancelRunDialog ends a run after asking; what it learnt so far is lost. */
export function CancelRunDialog({ team, run, isOpen, onOpenChange }: CancelRunDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const cancel = useMutation(
    trpc.training.cancelRun.mutationOptions({
      onSuccess: async () => {
        onOpenChange(false);
        toast(`Run ${run.name} is being cancelled`);
        await queryClient.invalidateQueries(trpc.training.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={`Cancel run ${run.name}`}
      description="The process ends and no version is made; its slots are free again. The log and the loss curve stay."
      confirmLabel="Cancel run"
      isPending={cancel.isPending}
      error={cancel.error === null ? undefined : messageOf(cancel.error)}
      onConfirm={() => cancel.mutate({ team, runId: run.id })}
    />
  );
}
