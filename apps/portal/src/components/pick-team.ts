/** pickTeam is the team at hand: the address's, else the last one looked at, else the first one is in, else the first one sees. */
export function pickTeam<Team extends { slug: string; role: unknown }>(
  teams: readonly Team[],
  candidates: readonly (string | null | undefined)[],
): Team | null {
  for (const slug of candidates) {
    const found = teams.find((team) => team.slug === slug);
    if (found !== undefined) return found;
  }
  return teams.find((team) => team.role !== null) ?? teams[0] ?? null;
}
