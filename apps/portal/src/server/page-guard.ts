import type { Permission } from '@slipway/domain/access';

/** PAGE_PERMISSIONS are the pages that need a permission on the platform. */
const PAGE_PERMISSIONS: readonly [RegExp, Permission][] = [
  [/^\/requests(?:\/|$)/, 'quota:decide'],
  [/^\/admin\/people$/, 'user:manage'],
  [/^\/admin\/audit$/, 'audit:read'],
  [/^\/costs$/, 'cost:read'],
];

/** isPageVisible says whether a person may open this path at all: their team's pages, and the platform's by permission. */
export function isPageVisible(
  me: { platformPermissions: readonly string[]; teams: readonly { slug: string }[] },
  path: string,
): boolean {
  const team = /^\/teams\/([^/]+)/.exec(path)?.[1];
  if (team !== undefined) return me.teams.some((each) => each.slug === team);
  const needed = PAGE_PERMISSIONS.find(([pattern]) => pattern.test(path))?.[1];
  return needed === undefined || me.platformPermissions.includes(needed);
}
