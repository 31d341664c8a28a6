import { findRun, type RunRecord, type TeamRecord, type Tx } from '@slipway/db';
import { requireTeam } from '../shared/team.ts';
import { runNotFound } from './run-view.ts';

/** requireRun reads a run of a team. Throws not found. */
export async function requireRun(
  tx: Tx,
  address: { team: string; runId: string },
): Promise<{ team: TeamRecord; run: RunRecord }> {
  const team = await requireTeam(tx, address.team);
  const run = await findRun(tx, team.id, address.runId);
  if (run === null) throw runNotFound();
  return { team, run };
}
