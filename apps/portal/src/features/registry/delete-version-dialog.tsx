'use client';
import { ConfirmDialog, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from './types.ts';

interface DeleteVersionDialogProps {
  team: string;
  version: Version;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}

/** DeleteVersionDialog deletes a version after its label was typed; one in use is refused with what uses it. */
export function DeleteVersionDialog({ team, version, isOpen, onOpenChange }: DeleteVersionDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.registry.deleteModelVersion.mutationOptions({
      onSuccess: () => {
        toast(`${version.label} was deleted`);
        router.push(`/teams/${team}/models`);
        void queryClient.invalidateQueries(trpc.registry.listModels.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={`Delete ${version.label}`}
      description="The version and its file are removed; this cannot be undone. A version that an endpoint or a run uses is not deleted."
      confirmLabel="Delete version"
      name={version.label}
      isPending={remove.isPending}
      error={remove.error === null ? undefined : messageOf(remove.error)}
      onConfirm={(confirm) => remove.mutate({ team, versionId: version.id, confirm })}
    />
  );
}
