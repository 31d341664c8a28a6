import { type Actor, can } from '@slipway/domain/access';

/** visibleTeams is the filter of teams that an actor can see: all for those who may read every team, else their own. */
export function visibleTeams(actor: Actor): { ids?: string[] } {
  return can(actor, 'team:read') ? {} : { ids: actor.memberships.map((m) => m.teamId) };
}
