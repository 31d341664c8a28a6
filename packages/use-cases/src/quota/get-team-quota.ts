import { listFlavors, listPriceEntries, listTeamGrants, readSlotUse } from '@slipway/db';
import { slotPriceAt } from '@slipway/domain/metering';
import type { quotaContract } from '@slipway/domain/quota';
import { toMicros } from '../shared/micros.ts';
import { requireTeam } from '../shared/team.ts';
import type { Verb } from '../shared/verb.ts';
import { toGrantView } from './views.ts';

/** getTeamQuota shows, for every flavour, what a team is granted and uses. */
export const getTeamQuota: Verb<typeof quotaContract.getTeamQuota> = async (deps, _actor, input) => {
  const { prisma } = deps.db;
  const now = deps.now();
  const team = await requireTeam(prisma, input.team);
  const [flavors, uses, grants, prices] = await Promise.all([
    listFlavors(prisma),
    readSlotUse(prisma, { teamId: team.id }, now),
    listTeamGrants(prisma, team.id),
    listPriceEntries(prisma),
  ]);
  return {
    items: flavors.map((flavor) => {
      const use = uses.find((candidate) => candidate.flavorId === flavor.id);
      const grantedSlots = use?.grantedSlots ?? 0;
      const usedSlots = use?.usedSlots ?? 0;
      return {
        flavor: flavor.name,
        flavorModel: flavor.model,
        grantedSlots,
        usedSlots,
        // Use may lie above the grants after one ended: nothing is free then.
        availableSlots: Math.max(0, grantedSlots - usedSlots),
        priceMicrosPerSlotHour: toMicros(slotPriceAt(prices, flavor.name, now)),
        grants: grants.filter((grant) => grant.flavorId === flavor.id).map((grant) => toGrantView(grant, now)),
      };
    }),
  };
};
