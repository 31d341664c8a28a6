import { conflict } from '../kernel/errors.ts';
import type { PlatformRole, TeamRole } from './permissions.ts';

/** keepTeamAdmin throws when a change (`next` null is removal) would leave a team without an admin. */
export function keepTeamAdmin(current: TeamRole, next: TeamRole | null, adminCount: number): void {
  if (current === 'team_admin' && next !== 'team_admin' && adminCount <= 1) {
    throw conflict('A team needs at least one admin: make somebody else team admin first.');
  }
}

/** keepPlatformAdmin throws when a change would leave the installation without an administrator. */
export function keepPlatformAdmin(current: PlatformRole, next: PlatformRole, adminCount: number): void {
  if (current === 'platform_admin' && next !== 'platform_admin' && adminCount <= 1) {
    throw conflict('The platform needs at least one administrator: make somebody else platform admin first.');
  }
}
