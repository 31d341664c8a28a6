import { z } from 'zod';
import { mutation, nothing, query } from '../kernel/contract.ts';
import {
  countSchema,
  emailSchema,
  idSchema,
  nameSchema,
  pageInput,
  pageOf,
  passwordSchema,
  slugSchema,
  timeSchema,
} from '../kernel/schemas.ts';
import { PERMISSIONS, PLATFORM_ROLES, TEAM_ROLES } from './permissions.ts';

const team = slugSchema;
const teamRole = z.enum(TEAM_ROLES);
const platformRole = z.enum(PLATFORM_ROLES);

/** meView is the signed-in person, their teams and what they may do in each. */
export const meView = z.object({
  userId: idSchema,
  email: z.string(),
  name: z.string(),
  platformRole,
  mustChangePassword: z.boolean(),
  platformPermissions: z.array(z.enum(PERMISSIONS)),
  teams: z.array(
    z.object({
      id: idSchema,
      slug: z.string(),
      name: z.string(),
      role: teamRole.nullable(),
      permissions: z.array(z.enum(PERMISSIONS)),
    }),
  ),
});
const teamView = z.object({
  id: idSchema,
  slug: z.string(),
  name: z.string(),
  role: teamRole.nullable(),
  memberCount: countSchema,
  createdAt: timeSchema,
});
const memberView = z.object({
  userId: idSchema,
  email: z.string(),
  name: z.string(),
  role: teamRole,
  joinedAt: timeSchema,
});
const invitationView = z.object({
  id: idSchema,
  email: z.string(),
  role: teamRole,
  status: z.enum(['pending', 'succeeded', 'expired', 'cancelled']),
  expiresAt: timeSchema,
  invitedBy: z.string(),
});
const keyView = z.object({
  id: idSchema,
  name: z.string(),
  /** prefix is the first characters of the key, enough to recognise it. */
  prefix: z.string(),
  createdBy: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  status: z.enum(['ready', 'expired', 'cancelled']),
});
const auditView = z.object({
  sequence: countSchema,
  at: timeSchema,
  actor: z.string(),
  team: z.string().nullable(),
  action: z.string(),
  targetKind: z.string(),
  targetId: z.string(),
  targetName: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
const userView = z.object({
  id: idSchema,
  email: z.string(),
  name: z.string(),
  platformRole,
  teams: z.array(z.string()),
  createdAt: timeSchema,
});
const expiresInDays = z.coerce.number().int().min(1).max(365).default(90);

/** accessContract is sign-in, teams, people, keys and the audit trail. */
export const accessContract = {
  me: query({
    access: 'signed_in',
    path: '/me',
    summary: 'Who am I and what may I do',
    input: nothing,
    output: meView,
  }),
  login: mutation({
    access: 'public',
    path: '/login',
    summary: 'Exchange e-mail and password for a personal access token',
    input: z.object({
      email: emailSchema,
      password: z.string().min(1).max(200),
      tokenName: nameSchema.default('cli'),
    }),
    output: z.object({
      token: z.string(),
      expiresAt: timeSchema,
      email: z.string(),
    }),
  }),
  listTeams: query({
    access: 'signed_in',
    path: '/teams',
    summary: 'List the teams I can see',
    input: z.object({ search: z.string().max(100).optional() }),
    output: z.object({ items: z.array(teamView) }),
  }),
  createTeam: mutation({
    access: 'team:create',
    path: '/teams',
    summary: 'Create a team; the creator becomes its admin',
    input: z.object({ name: nameSchema, slug: slugSchema }),
    output: teamView,
  }),
  getTeam: query({
    access: 'team:read',
    path: '/teams/{team}',
    summary: 'Show a team with members and open invitations',
    input: z.object({ team }),
    output: teamView.extend({
      members: z.array(memberView),
      invitations: z.array(invitationView),
    }),
  }),
  inviteMember: mutation({
    access: 'team:manage',
    path: '/teams/{team}/invitations',
    summary: 'Invite a person by e-mail; the link is shown once',
    input: z.object({
      team,
      email: emailSchema,
      role: teamRole.default('team_member'),
    }),
    output: z.object({
      invitation: invitationView,
      /** acceptPath is the portal path that accepts the invitation. */ acceptPath: z.string(),
    }),
  }),
  cancelInvitation: mutation({
    access: 'team:manage',
    method: 'DELETE',
    path: '/teams/{team}/invitations/{invitationId}',
    summary: 'Cancel an open invitation',
    input: z.object({ team, invitationId: idSchema }),
    output: nothing,
  }),
  getInvitation: query({
    access: 'public',
    path: '/invitations/{token}',
    summary: 'Show an invitation to the person invited',
    input: z.object({ token: z.string().max(200) }),
    output: z.object({
      email: z.string(),
      teamName: z.string(),
      teamSlug: z.string(),
      role: teamRole,
      status: invitationView.shape.status,
      hasAccount: z.boolean(),
    }),
  }),
  acceptInvitation: mutation({
    access: 'public',
    path: '/invitations/{token}/accept',
    summary: 'Accept an invitation; a person without an account gives a name and a password',
    input: z.object({
      token: z.string().max(200),
      name: nameSchema.optional(),
      password: passwordSchema.optional(),
    }),
    output: z.object({ email: z.string(), teamSlug: z.string() }),
  }),
  setMemberRole: mutation({
    access: 'team:manage',
    method: 'PATCH',
    path: '/teams/{team}/members/{userId}',
    summary: "Change a member's role",
    input: z.object({ team, userId: idSchema, role: teamRole }),
    output: memberView,
  }),
  removeMember: mutation({
    access: 'team:manage',
    method: 'DELETE',
    path: '/teams/{team}/members/{userId}',
    summary: 'Remove a member',
    input: z.object({ team, userId: idSchema }),
    output: nothing,
  }),
  listUsers: query({
    access: 'user:manage',
    path: '/users',
    summary: 'List everybody',
    input: z.object({ search: z.string().max(100).optional() }),
    output: z.object({ items: z.array(userView) }),
  }),
  setPlatformRole: mutation({
    access: 'user:manage',
    method: 'PATCH',
    path: '/users/{userId}',
    summary: "Change a person's platform role",
    input: z.object({ userId: idSchema, platformRole }),
    output: userView,
  }),
  listApiKeys: query({
    access: 'key:read',
    path: '/teams/{team}/keys',
    summary: "List a team's API keys",
    input: z.object({ team }),
    output: z.object({ items: z.array(keyView) }),
  }),
  createApiKey: mutation({
    access: 'key:manage',
    path: '/teams/{team}/keys',
    summary: 'Create an API key for the gateway; it is shown once',
    input: z.object({ team, name: nameSchema, expiresInDays }),
    output: z.object({ key: keyView, secret: z.string() }),
  }),
  revokeApiKey: mutation({
    access: 'key:manage',
    method: 'DELETE',
    path: '/teams/{team}/keys/{keyId}',
    summary: 'Revoke an API key at once',
    input: z.object({ team, keyId: idSchema }),
    output: keyView,
  }),
  listAccessTokens: query({
    access: 'signed_in',
    path: '/tokens',
    summary: 'List my personal access tokens',
    input: nothing,
    output: z.object({ items: z.array(keyView) }),
  }),
  createAccessToken: mutation({
    access: 'signed_in',
    path: '/tokens',
    summary: 'Create a personal access token for CLI and REST; it is shown once',
    input: z.object({ name: nameSchema, expiresInDays }),
    output: z.object({ key: keyView, secret: z.string() }),
  }),
  revokeAccessToken: mutation({
    access: 'signed_in',
    method: 'DELETE',
    path: '/tokens/{tokenId}',
    summary: 'Revoke one of my personal access tokens',
    input: z.object({ tokenId: idSchema }),
    output: keyView,
  }),
  listAudit: query({
    access: 'audit:read',
    path: '/audit',
    summary: 'Read the audit trail, newest first',
    input: z.object({
      ...pageInput,
      search: z.string().max(100).optional(),
      action: z.string().max(100).optional(),
    }),
    output: pageOf(auditView),
  }),
};
