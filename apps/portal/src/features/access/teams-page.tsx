'use client';
import {
  Button,
  Card,
  DataTable,
  EmptyState,
  formatCount,
  Link,
  PageHeader,
  RelativeTime,
  SearchInput,
  Toolbar,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus, UsersRound } from 'lucide-react';
import dynamic from 'next/dynamic';
import { parseAsBoolean, parseAsString, useQueryStates } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { matches, ROLE_WORDS } from './words.ts';

const CreateTeamDialog = dynamic(() => import('./create-team-dialog.tsx').then((file) => file.CreateTeamDialog));

/** TeamsPage lists the teams one can see and creates new ones. */
export function TeamsPage() {
  const trpc = useTRPC();
  const [view, setView] = useQueryStates({
    q: parseAsString.withDefault(''),
    create: parseAsBoolean.withDefault(false),
  });
  const teams = useQuery(trpc.access.listTeams.queryOptions({}));
  const canCreate = useCan('team:create');
  const create = canCreate ? (
    <Button variant="primary" onClick={() => setView({ create: true })}>
      <Plus aria-hidden />
      Create team
    </Button>
  ) : undefined;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Teams' }]}
        title="Teams"
        description="A team holds quota, models, runs, endpoints and keys."
        actions={create}
      />
      <Toolbar>
        <SearchInput label="Search teams" value={view.q} onChange={(q) => void setView({ q })} />
      </Toolbar>
      <Card isFlush>
        <Loaded query={teams} label="teams">
          {({ items }) => (
            <DataTable
              label="Teams"
              rows={items.filter((team) => matches(view.q, team.name, team.slug))}
              getRowId={(team) => team.id}
              empty={
                <EmptyState
                  icon={UsersRound}
                  title={view.q === '' ? 'No teams yet' : 'No team matches'}
                  description={
                    view.q === ''
                      ? 'Create a team and invite its people.'
                      : 'Search for another name or clear the search.'
                  }
                  action={view.q === '' ? create : undefined}
                />
              }
              columns={[
                {
                  id: 'name',
                  header: 'Team',
                  isRowHeader: true,
                  cell: (team) => (
                    <Link href={`/teams/${team.slug}/members`} className="text-accent-text hover:underline">
                      {team.name}
                    </Link>
                  ),
                },
                {
                  id: 'slug',
                  header: 'Slug',
                  cell: (team) => <code className="font-mono text-[12.5px]">{team.slug}</code>,
                },
                { id: 'role', header: 'My role', cell: (team) => (team.role === null ? '–' : ROLE_WORDS[team.role]) },
                { id: 'members', header: 'Members', align: 'right', cell: (team) => formatCount(team.memberCount) },
                { id: 'age', header: 'Created', cell: (team) => <RelativeTime at={team.createdAt} /> },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {canCreate && view.create ? (
        <CreateTeamDialog isOpen={view.create} onOpenChange={(create) => void setView({ create })} />
      ) : null}
    </div>
  );
}
