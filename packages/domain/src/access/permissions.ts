import { notAllowed } from '../kernel/errors.ts';

/** PERMISSIONS is every `resource:action` of the platform; the server checks them and the UI hides by them. */
export const PERMISSIONS = [
  'team:read',
  'team:create',
  'team:manage',
  'user:manage',
  'key:read',
  'key:manage',
  'cluster:read',
  'template:read',
  'quota:read',
  'quota:request',
  'quota:decide',
  'model:read',
  'model:write',
  'run:read',
  'run:launch',
  'endpoint:read',
  'endpoint:deploy',
  'endpoint:invoke',
  'rollout:decide',
  'cost:read',
  'price:read',
  'price:write',
  'audit:read',
] as const;
/** Permission is one `resource:action`. */
export type Permission = (typeof PERMISSIONS)[number];

/** PLATFORM_ROLES apply to the whole installation. */
export const PLATFORM_ROLES = ['platform_admin', 'finops', 'user'] as const;
/** PlatformRole applies to the whole installation. */
export type PlatformRole = (typeof PLATFORM_ROLES)[number];
/** TEAM_ROLES apply inside one team. */
export const TEAM_ROLES = ['team_admin', 'team_member'] as const;
/** TeamRole applies inside one team. */
export type TeamRole = (typeof TEAM_ROLES)[number];

const MEMBER: readonly Permission[] = [
  'team:read',
  'key:read',
  'key:manage',
  'quota:read',
  'quota:request',
  'model:read',
  'model:write',
  'run:read',
  'run:launch',
  'endpoint:read',
  'endpoint:deploy',
  'endpoint:invoke',
  'rollout:decide',
  'cost:read',
];

/** PLATFORM_GRANTS says what each platform role may do everywhere. */
export const PLATFORM_GRANTS: Record<PlatformRole, readonly Permission[]> = {
  platform_admin: PERMISSIONS,
  finops: [
    'team:read',
    'cluster:read',
    'template:read',
    'quota:read',
    'cost:read',
    'price:read',
    'price:write',
    'audit:read',
  ],
  user: ['cluster:read', 'template:read', 'price:read'],
};

/** TEAM_GRANTS says what each team role may do inside its team. */
export const TEAM_GRANTS: Record<TeamRole, readonly Permission[]> = {
  team_admin: [...MEMBER, 'team:manage'],
  team_member: MEMBER,
};

/** Actor is who acts: a person with a platform role and memberships, or the platform itself. */
export interface Actor {
  userId: string;
  email: string;
  name: string;
  platformRole: PlatformRole;
  memberships: readonly { teamId: string; teamSlug: string; role: TeamRole }[];
  /** mustChangePassword: signed in with a password that somebody else knows too, and may do nothing but choose their own. */
  mustChangePassword?: boolean;
}

/** requireOwnPassword throws unless the actor has a password that only they know. */
export function requireOwnPassword(actor: Actor): void {
  if (actor.mustChangePassword !== true) return;
  throw notAllowed('Choose a password of your own first: sign in to the portal and open /change-password.');
}

/** can says whether the actor holds the permission on the platform or, given a team slug, in that team. */
export function can(actor: Actor, permission: Permission, teamSlug?: string): boolean {
  if (PLATFORM_GRANTS[actor.platformRole].includes(permission)) return true;
  if (teamSlug === undefined) return false;
  return actor.memberships.some((m) => m.teamSlug === teamSlug && TEAM_GRANTS[m.role].includes(permission));
}
