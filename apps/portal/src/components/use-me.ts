'use client';
import type { Permission } from '@slipway/domain/access';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import { createContext, useContext } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { pickTeam } from './pick-team.ts';

/** HomeTeamContext is the team that was looked at last, for pages without a team in their address. */
export const HomeTeamContext = createContext<string | null>(null);

/** useMe is the signed-in person with teams and permissions; every page of the shell has it loaded. */
export function useMe() {
  const trpc = useTRPC();
  return useSuspenseQuery(trpc.access.me.queryOptions({})).data;
}

/** Me is what useMe gives. */
export type Me = ReturnType<typeof useMe>;

/** useTeam is the team of the address, else the last one looked at, else the first; null for somebody in no team. */
export function useTeam(): Me['teams'][number] | null {
  const me = useMe();
  const params = useParams<{ team?: string }>();
  const last = useContext(HomeTeamContext);
  return pickTeam(me.teams, [params.team, last]);
}

/** useCan says whether the person holds a permission on the platform or in a team: what they may not do is not offered. */
export function useCan(permission: Permission, teamSlug?: string): boolean {
  return canDo(useMe(), permission, teamSlug);
}

/** canDo is useCan for code outside components. */
export function canDo(me: Me, permission: Permission, teamSlug?: string): boolean {
  if (me.platformPermissions.includes(permission)) return true;
  return me.teams.some((team) => team.slug === teamSlug && team.permissions.includes(permission));
}
