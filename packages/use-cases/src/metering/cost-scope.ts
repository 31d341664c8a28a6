import type { CostScope } from '@slipway/db';
import { daySpan } from '@slipway/domain/metering';
import type { Deps } from '../deps.ts';
import { requireTeam } from '../shared/team.ts';

/** CostQuestion is days, both included, of one team or of all. */
export interface CostQuestion {
  team?: string | undefined;
  from: string;
  to: string;
}

/** readCostScope turns a question into the span to add up and the span of the same length before it. */
export async function readCostScope(
  deps: Deps,
  question: CostQuestion,
): Promise<{ current: CostScope; previous: CostScope }> {
  const { from, until, previousFrom } = daySpan(question.from, question.to);
  const team = question.team === undefined ? undefined : await requireTeam(deps.db.prisma, question.team);
  const teamId = team?.id;
  return { current: { from, until, teamId }, previous: { from: previousFrom, until: from, teamId } };
}
