'use client';
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Activity, Boxes, type LucideIcon, Plus, Rocket, UsersRound } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/trpc/client.tsx';
import { canDo, useMe, useTeam } from '../use-me.ts';
import { useNavigation } from './rail.tsx';

interface Entry {
  id: string;
  label: string;
  hint?: string;
  href: string;
  icon: LucideIcon;
}
interface Group {
  heading: string;
  entries: Entry[];
}
const ITEM =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-[13.5px] text-ink data-[selected=true]:bg-surface-hover pointer-coarse:min-h-11';

function useObjects(teamSlug: string): Group[] {
  const trpc = useTRPC();
  const input = { team: teamSlug };
  const enabled = teamSlug !== '';
  const models = useQuery({ ...trpc.registry.listModels.queryOptions(input), enabled });
  const endpoints = useQuery({ ...trpc.serving.listEndpoints.queryOptions(input), enabled });
  const runs = useQuery({ ...trpc.training.listRuns.queryOptions({ ...input, limit: 30 }), enabled });
  const base = `/teams/${teamSlug}`;
  return [
    {
      heading: 'Endpoints',
      entries: (endpoints.data?.items ?? []).map((endpoint) => ({
        id: `endpoint-${endpoint.id}`,
        label: endpoint.name,
        hint: endpoint.status,
        href: `/teams/${endpoint.team}/endpoints/${endpoint.name}`,
        icon: Rocket,
      })),
    },
    {
      heading: 'Models',
      entries: (models.data?.items ?? []).map((model) => ({
        id: `model-${model.id}`,
        label: model.name,
        hint: `${model.versionCount} versions`,
        href: `/teams/${model.team}/models/${model.name}`,
        icon: Boxes,
      })),
    },
    {
      heading: 'Training runs',
      entries: (runs.data?.items ?? []).map((run) => ({
        id: `run-${run.id}`,
        label: run.name,
        hint: run.status,
        href: `${base}/training/${run.id}`,
        icon: Activity,
      })),
    },
  ];
}

function useActions(teamSlug: string): Group {
  const me = useMe();
  const base = `/teams/${teamSlug}`;
  const action = (id: string, label: string, href: string): Entry => ({ id, label, href, icon: Plus });
  return {
    heading: 'Actions',
    entries: [
      ...(canDo(me, 'endpoint:deploy', teamSlug) ? [action('deploy', 'Deploy endpoint', `${base}/endpoints/new`)] : []),
      ...(canDo(me, 'run:launch', teamSlug) ? [action('train', 'Launch training', `${base}/training/new`)] : []),
      ...(canDo(me, 'model:write', teamSlug)
        ? [action('register', 'Register model', `${base}/models?register=true`)]
        : []),
      ...(canDo(me, 'quota:request', teamSlug) ? [action('quota', 'Request quota', `${base}/quota?request=true`)] : []),
      ...(canDo(me, 'key:manage', teamSlug) ? [action('key', 'Create API key', `${base}/keys?create=true`)] : []),
      ...(canDo(me, 'team:manage', teamSlug) ? [action('invite', 'Invite person', `${base}/members?invite=true`)] : []),
      ...(canDo(me, 'team:create') ? [action('team', 'Create team', '/admin/teams?create=true')] : []),
    ],
  };
}

/** PaletteList lists pages, actions, objects of the team at hand and other teams. */
export default function PaletteList({ onChoose }: { onChoose(): void }) {
  const router = useRouter();
  const me = useMe();
  const slug = useTeam()?.slug ?? '';
  const pages = useNavigation().map((group) => ({ heading: group.label, entries: group.items }));
  const actions = useActions(slug);
  const objects = useObjects(slug);
  const groups: Group[] = [
    ...pages,
    ...(slug === '' ? [] : [actions, ...objects]),
    {
      heading: 'Teams',
      entries: me.teams.map((team) => ({
        id: `team-${team.id}`,
        label: team.name,
        hint: team.slug,
        href: `/teams/${team.slug}/endpoints`,
        icon: UsersRound,
      })),
    },
  ];
  const choose = (href: string) => {
    onChoose();
    router.push(href);
  };
  return (
    <Command label="Go to page or object" className="flex flex-col gap-2">
      <Command.Input
        autoFocus
        placeholder="Type a page, an object or an action"
        className="h-10 w-full rounded-md border border-line-strong/60 bg-surface px-3 text-ink text-sm placeholder:text-ink-subtle"
      />
      <Command.List className="max-h-[50dvh] overflow-y-auto">
        <Command.Empty className="py-8 text-center text-ink-muted">Nothing has this name.</Command.Empty>
        {groups
          .filter((group) => group.entries.length > 0)
          .map((group) => (
            <Command.Group
              key={group.heading}
              heading={group.heading}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[12px] [&_[cmdk-group-heading]]:text-ink-subtle"
            >
              {group.entries.map(({ id, label, hint, href, icon: Icon }) => (
                <Command.Item key={id} value={`${label} ${id}`} onSelect={() => choose(href)} className={ITEM}>
                  <Icon aria-hidden className="size-4 text-ink-muted" />
                  <span className="min-w-0 flex-1 truncate">{label}</span>
                  {hint === undefined ? null : <span className="text-[12.5px] text-ink-subtle">{hint}</span>}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
      </Command.List>
    </Command>
  );
}
