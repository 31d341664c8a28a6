import { findTeam, type TeamRecord, type Tx } from '@slipway/db';
import { notFound } from '@slipway/domain';

/** requireTeam reads the team that an input names. Throws not found. */
export async function requireTeam(tx: Tx, slug: string): Promise<TeamRecord> {
  const team = await findTeam(tx, { slug });
  if (team === null) throw teamNotFound(slug);
  return team;
}

/** teamNotFound is the same whether the team does not exist or is none of the actor's business. */
export function teamNotFound(slug: string) {
  return notFound(`There is no team ${slug} that you can see.`);
}
