'use client';
import {
  ConfirmDialog,
  DataTable,
  DropdownMenu,
  EmptyState,
  IconButton,
  RelativeTime,
  SearchInput,
  Toolbar,
  toast,
} from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { MoreHorizontal, ShieldCheck, UserMinus, UserRound, UsersRound } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useMe } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Member } from './outputs.ts';
import { matches, ROLE_WORDS } from './words.ts';

interface MemberTableProps {
  team: string;
  members: readonly Member[];
  canManage: boolean;
}

/** MemberTable lists members; team admins change roles and remove people. */
export function MemberTable({ team, members, canManage }: MemberTableProps) {
  const me = useMe();
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''));
  return (
    <>
      <Toolbar className="border-line border-b px-4 py-3">
        <SearchInput label="Search members" value={search} onChange={(value) => void setSearch(value)} />
      </Toolbar>
      <DataTable
        label="Members"
        rows={members.filter((member) => matches(search, member.name, member.email))}
        getRowId={(member) => member.userId}
        empty={
          <EmptyState
            icon={UsersRound}
            title="Nobody matches"
            description="Search for another name, or invite the person."
          />
        }
        columns={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            cell: (member) => (member.userId === me.userId ? `${member.name} (you)` : member.name),
          },
          { id: 'email', header: 'E-mail', cell: (member) => member.email },
          { id: 'role', header: 'Role', cell: (member) => ROLE_WORDS[member.role] },
          { id: 'age', header: 'Joined', cell: (member) => <RelativeTime at={member.joinedAt} /> },
          {
            id: 'menu',
            header: 'Actions',
            isAction: true,
            align: 'right',
            cell: (member) => (canManage ? <MemberMenu team={team} member={member} /> : null),
          },
        ]}
      />
    </>
  );
}

function MemberMenu({ team, member }: { team: string; member: Member }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [isRemoving, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries(trpc.access.pathFilter());
  const setRole = useMutation(
    trpc.access.setMemberRole.mutationOptions({
      onSuccess: ({ name, role }) => {
        toast(`${name} is now ${ROLE_WORDS[role].toLowerCase()}`);
        return refresh();
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  const remove = useMutation(
    trpc.access.removeMember.mutationOptions({
      onSuccess: () => {
        setRemoving(false);
        toast(`${member.name} was removed`);
        return refresh();
      },
    }),
  );
  const other = member.role === 'team_admin' ? 'team_member' : 'team_admin';
  return (
    <>
      <DropdownMenu
        trigger={
          <IconButton size="sm" label={`Actions for ${member.name}`} isPending={setRole.isPending}>
            <MoreHorizontal aria-hidden />
          </IconButton>
        }
        items={[
          {
            id: 'role',
            label: `Make ${ROLE_WORDS[other].toLowerCase()}`,
            icon: other === 'team_admin' ? ShieldCheck : UserRound,
            onSelect: () => setRole.mutate({ team, userId: member.userId, role: other }),
          },
          {
            id: 'remove',
            label: 'Remove from team',
            icon: UserMinus,
            isDanger: true,
            onSelect: () => setRemoving(true),
          },
        ]}
      />
      <ConfirmDialog
        isOpen={isRemoving}
        onOpenChange={setRemoving}
        title={`Remove ${member.name} from the team?`}
        description="They lose access at once. What they made stays with the team."
        confirmLabel="Remove person"
        isPending={remove.isPending}
        error={remove.error?.message}
        onConfirm={() => remove.mutate({ team, userId: member.userId })}
      />
    </>
  );
}
