'use client';
import type { Crumb } from '@slipway/ui';
import { notFound, useParams } from 'next/navigation';
import { type Me, useMe } from './use-me.ts';

/** useTeamPage gives the team of a page below /teams/[team] and the way to it. */
export function useTeamPage(...labels: string[]): { team: Me['teams'][number]; crumbs: Crumb[] } {
  const { team: slug } = useParams<{ team: string }>();
  const team = useMe().teams.find((each) => each.slug === slug);
  if (team === undefined) notFound();
  const crumbs = [{ label: team.name, href: `/teams/${team.slug}/endpoints` }, ...labels.map((label) => ({ label }))];
  return { team, crumbs };
}
