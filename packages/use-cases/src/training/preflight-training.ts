import { failed } from '@slipway/domain';
import { checkLaunch, type trainingContract } from '@slipway/domain/training';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { planLaunch } from './plan-launch.ts';

/** preflightTraining says what a run would need, take and cost, as far as it is chosen. */
export const preflightTraining: Verb<typeof trainingContract.preflightTraining> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const team = await requireTeam(prisma, input.team);
  const { plan, base, dataset, flavor } = await planLaunch(prisma, team, { input, now: deps.now() });
  const preflight = checkLaunch(plan);
  const missing = [
    ...(input.baseVersionId && base === null
      ? [failed('base', 'There is no such model version, or it is not shared with this team.')]
      : []),
    ...(input.datasetId && dataset === null ? [failed('dataset', 'There is no such data set of this team.')] : []),
    ...(flavor === null ? [failed('flavor', `There is no flavour ${input.flavor ?? 'cpu'} in any cluster.`)] : []),
  ];
  if (missing.length === 0) return preflight;
  return { ...preflight, isLaunchable: false, checks: [...missing, ...preflight.checks] };
};
