/** ROLE_WORDS are the roles in users' words. */
export const ROLE_WORDS = {
  team_admin: 'Team admin',
  team_member: 'Team member',
  platform_admin: 'Platform admin',
  finops: 'FinOps',
  user: 'User',
} as const;
/** TEAM_ROLE_OPTIONS are the choices of a role in a team. */
export const TEAM_ROLE_OPTIONS = [
  { value: 'team_member', label: ROLE_WORDS.team_member },
  { value: 'team_admin', label: ROLE_WORDS.team_admin },
] as const;

/** matches says whether any text contains the searched words, regardless of case. */
export function matches(search: string, ...texts: string[]): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = texts.join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** toSlug makes a name for addresses out of a display name. */
export function toSlug(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '');
}
