import { findActor } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '../deps.ts';

/** loadActor gives the person with this id as an actor, or null when there is none. */
export function loadActor(deps: Deps, userId: string): Promise<Actor | null> {
  return findActor(deps.db.prisma, userId);
}
