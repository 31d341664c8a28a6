'use client';
import { DropdownMenu, type MenuItem } from '@slipway/ui';
import { ChevronsUpDown, Plus, Users } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useCan, useMe, useTeam } from '../use-me.ts';

// Beyond this the menu is too long to read; the palette searches all teams.
const MAX_LISTED = 30;

/** teamHref keeps the page and changes the team; pages of one object go to their list. */
function teamHref(path: string, slug: string): string {
  const section = /^\/teams\/[^/]+\/([a-z]+)/.exec(path)?.[1] ?? 'endpoints';
  return `/teams/${slug}/${section}`;
}

/** TeamSwitcher shows the team at hand and goes to the same page of another. */
export function TeamSwitcher({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const me = useMe();
  const team = useTeam();
  const path = usePathname();
  const canCreate = useCan('team:create');
  if (team === null && !canCreate) return null;
  const items: MenuItem[] = [
    { kind: 'heading', id: 'heading', label: 'Teams' },
    ...me.teams.slice(0, MAX_LISTED).map((each) => ({
      id: each.slug,
      label: each.name,
      href: teamHref(path, each.slug),
      isChecked: each.slug === team?.slug,
      ...(onNavigate === undefined ? {} : { onSelect: onNavigate }),
    })),
    { kind: 'separator', id: 'line' },
    ...(canCreate ? [{ id: 'create', label: 'Create team', icon: Plus, href: '/admin/teams?create=true' }] : []),
    { id: 'all', label: 'All teams', icon: Users, href: '/admin/teams' },
  ];
  return (
    <DropdownMenu
      align="start"
      className="w-56"
      items={canCreate ? items : items.slice(0, -2)}
      trigger={
        <button
          type="button"
          className="flex h-9 items-center gap-2 rounded-md border border-line bg-surface px-2 text-left hover:bg-surface-hover pointer-coarse:min-h-11"
        >
          <span
            aria-hidden
            className="flex size-5 shrink-0 items-center justify-center rounded-sm bg-accent-soft font-semibold text-[11px] text-accent-text uppercase"
          >
            {(team?.name ?? '?').slice(0, 1)}
          </span>
          <span className="min-w-0 flex-1 truncate font-medium text-[13.5px] text-ink">
            <span className="sr-only">Switch team, now </span>
            {team?.name ?? 'no team'}
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 text-ink-subtle" />
        </button>
      }
    />
  );
}
