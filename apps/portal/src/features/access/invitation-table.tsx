'use client';
import { Button, DataTable, RelativeTime, StatusBadge, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import type { Invitation } from './outputs.ts';
import { ROLE_WORDS } from './words.ts';

interface InvitationTableProps {
  team: string;
  invitations: readonly Invitation[];
  canManage: boolean;
}

/** InvitationTable lists invitations; an open one can be cancelled. */
export function InvitationTable({ team, invitations, canManage }: InvitationTableProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const cancel = useMutation(
    trpc.access.cancelInvitation.mutationOptions({
      onSuccess: () => {
        toast('Invitation cancelled');
        return queryClient.invalidateQueries(trpc.access.pathFilter());
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  return (
    <DataTable
      label="Invitations"
      rows={invitations}
      getRowId={(invitation) => invitation.id}
      columns={[
        { id: 'email', header: 'E-mail', isRowHeader: true, cell: (invitation) => invitation.email },
        { id: 'role', header: 'Role', cell: (invitation) => ROLE_WORDS[invitation.role] },
        { id: 'status', header: 'Status', cell: (invitation) => <StatusBadge status={invitation.status} /> },
        { id: 'by', header: 'Invited by', cell: (invitation) => invitation.invitedBy },
        { id: 'end', header: 'Ends', cell: (invitation) => <RelativeTime at={invitation.expiresAt} /> },
        {
          id: 'menu',
          header: 'Actions',
          isAction: true,
          align: 'right',
          cell: (invitation) =>
            canManage && invitation.status === 'pending' ? (
              <Button size="sm" onClick={() => cancel.mutate({ team, invitationId: invitation.id })}>
                Cancel invitation
              </Button>
            ) : null,
        },
      ]}
    />
  );
}
