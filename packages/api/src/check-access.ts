import { type Access, notAllowed, notFound, unauthenticated } from '@slipway/domain';
import { type Actor, can, requireOwnPassword } from '@slipway/domain/access';

/** requireIdentity gives who is signed in. Throws when nobody is, or when they have yet to choose a password of their own. */
export function requireIdentity(actor: Actor | null): Actor {
  if (actor === null) throw unauthenticated();
  requireOwnPassword(actor);
  return actor;
}

/**
 * checkAccess lets a call through or throws. When the input names a team, the permission counts in that team,
 * and a team that the actor may not read does not exist for them.
 */
export function checkAccess(access: Access, actor: Actor | null, team: string | undefined): void {
  if (access === 'public') return;
  if (actor === null) throw unauthenticated();
  if (team !== undefined && !can(actor, 'team:read', team)) {
    throw notFound(`There is no team ${team} that you can see.`);
  }
  if (access === 'signed_in' || can(actor, access, team)) return;
  const place = team === undefined ? 'on the platform' : `in team ${team}`;
  throw notAllowed(`You need the permission ${access} ${place}. Ask an administrator for a role that has it.`);
}

/** teamOf reads the team slug that a parsed input names, if it names one. */
export function teamOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('team' in input)) return undefined;
  return typeof input.team === 'string' ? input.team : undefined;
}
