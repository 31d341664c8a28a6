import { findUser, listTeamRecords } from '@slipway/db';
import { unauthenticated } from '@slipway/domain';
import { type accessContract, can, PERMISSIONS } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';
import { visibleTeams } from './visible-teams.ts';

/** me says who is signed in and what they may do, on the platform and in each team they can see. */
export const me: Verb<typeof accessContract.me> = async (deps, actor) => {
  const { prisma } = deps.db;
  const [user, teams] = await Promise.all([
    findUser(prisma, { id: actor.userId }),
    listTeamRecords(prisma, visibleTeams(actor)),
  ]);
  if (user === null) throw unauthenticated();
  return {
    userId: user.id,
    email: user.email,
    name: user.name,
    platformRole: user.platformRole,
    mustChangePassword: user.mustChangePassword,
    platformPermissions: PERMISSIONS.filter((permission) => can(actor, permission)),
    teams: teams.map(({ id, slug, name }) => ({
      id,
      slug,
      name,
      role: actor.memberships.find((m) => m.teamId === id)?.role ?? null,
      permissions: PERMISSIONS.filter((permission) => can(actor, permission, slug)),
    })),
  };
};
