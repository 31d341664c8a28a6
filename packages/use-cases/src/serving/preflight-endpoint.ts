import { failed } from '@slipway/domain';
import { checkDeployment, type servingContract } from '@slipway/domain/serving';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { planDeployment } from './plan-deployment.ts';

/** preflightEndpoint says what a deployment would need and cost, as far as it is chosen. */
export const preflightEndpoint: Verb<typeof servingContract.preflightEndpoint> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const team = await requireTeam(prisma, input.team);
  const { plan, version, flavor } = await planDeployment(prisma, team, { input, now: deps.now() });
  const preflight = checkDeployment(plan);
  const missing = [
    ...(input.versionId && version === null
      ? [failed('version', 'There is no such model version, or it is not shared with this team.')]
      : []),
    ...(flavor === null ? [failed('flavor', `There is no flavour ${input.flavor ?? 'cpu'} in any cluster.`)] : []),
  ];
  if (missing.length === 0) return preflight;
  return { ...preflight, isLaunchable: false, checks: [...missing, ...preflight.checks] };
};
