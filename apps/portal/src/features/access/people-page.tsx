'use client';
import {
  Card,
  DataTable,
  EmptyState,
  PageHeader,
  RelativeTime,
  SearchInput,
  Select,
  Toolbar,
  toast,
} from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useMe } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { User } from './outputs.ts';
import { matches, ROLE_WORDS } from './words.ts';

const ROLES = ['user', 'finops', 'platform_admin'] as const;

/** PeoplePage lists everybody with their platform role. */
export function PeoplePage() {
  const trpc = useTRPC();
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''));
  const users = useQuery(trpc.access.listUsers.queryOptions({}));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'People' }]}
        title="People"
        description="Everybody with an account. People come in by an invitation to a team."
      />
      <Toolbar>
        <SearchInput label="Search people" value={search} onChange={(value) => void setSearch(value)} />
      </Toolbar>
      <Card isFlush>
        <Loaded query={users} label="people">
          {({ items }) => (
            <DataTable
              label="People"
              rows={items.filter((user) => matches(search, user.name, user.email, ...user.teams))}
              getRowId={(user) => user.id}
              empty={
                <EmptyState
                  icon={Users}
                  title="Nobody matches"
                  description="Search for another name, address or team."
                />
              }
              columns={[
                { id: 'name', header: 'Name', isRowHeader: true, cell: (user) => user.name },
                { id: 'email', header: 'E-mail', cell: (user) => user.email },
                { id: 'role', header: 'Platform role', cell: (user) => <PlatformRole user={user} /> },
                {
                  id: 'teams',
                  header: 'Teams',
                  cell: (user) => (user.teams.length === 0 ? 'none' : user.teams.join(', ')),
                },
                { id: 'age', header: 'Since', cell: (user) => <RelativeTime at={user.createdAt} /> },
              ]}
            />
          )}
        </Loaded>
      </Card>
    </div>
  );
}

function PlatformRole({ user }: { user: User }) {
  const trpc = useTRPC();
  const me = useMe();
  const queryClient = useQueryClient();
  const setRole = useMutation(
    trpc.access.setPlatformRole.mutationOptions({
      onSuccess: ({ name, platformRole }) => {
        toast(`${name} is now ${ROLE_WORDS[platformRole]}`);
        return queryClient.invalidateQueries(trpc.access.pathFilter());
      },
      onError: (error) => toast.error(error.message),
    }),
  );
  // One's own role is changed by another administrator: nobody locks themselves out.
  if (user.id === me.userId) return <>{ROLE_WORDS[user.platformRole]} (you)</>;
  return (
    <Select
      aria-label={`Platform role of ${user.name}`}
      className="w-40"
      value={user.platformRole}
      disabled={setRole.isPending}
      options={ROLES.map((role) => ({ value: role, label: ROLE_WORDS[role] }))}
      onChange={(event) => {
        const role = ROLES.find((each) => each === event.target.value);
        if (role !== undefined) setRole.mutate({ userId: user.id, platformRole: role });
      }}
    />
  );
}
