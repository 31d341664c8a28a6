import {
  findFlavor,
  findQuotaRequest,
  listPriceEntries,
  type QuotaRequestRecord,
  readSlotUse,
  sumCost,
  sumSlotMillis,
} from '@slipway/db';
import { notFound } from '@slipway/domain';
import { picosToMicros, slotCostPicos, slotPriceAt } from '@slipway/domain/metering';
import type { quotaContract } from '@slipway/domain/quota';
import type { Deps } from '../deps.ts';
import { daysBefore } from '../shared/days.ts';
import { toMicros } from '../shared/micros.ts';
import type { Verb } from '../shared/verb.ts';
import { toRequestView } from './views.ts';

/** getQuotaRequest shows a request beside the evidence that a decision needs: use, grants, price and what was spent. */
export const getQuotaRequest: Verb<typeof quotaContract.getQuotaRequest> = async (deps, _actor, { requestId }) => {
  const request = await findQuotaRequest(deps.db.prisma, requestId);
  if (request === null) throw notFound('There is no such request.');
  return { ...toRequestView(request), evidence: await readEvidence(deps, request) };
};

async function readEvidence(deps: Deps, request: QuotaRequestRecord) {
  const { prisma } = deps.db;
  const { teamId, flavorId, flavorName, slots, durationHours } = request;
  const now = deps.now();
  const [flavor, uses, prices, spentPicos, slotMillis] = await Promise.all([
    findFlavor(prisma, { id: flavorId }),
    readSlotUse(prisma, { flavorId }, now),
    listPriceEntries(prisma),
    sumCost(prisma, { teamId, from: daysBefore(now, 30), until: now }),
    sumSlotMillis(prisma, { teamId, flavorName, from: daysBefore(now, 7) }),
  ]);
  const price = slotPriceAt(prices, flavorName, now);
  const own = uses.find((use) => use.teamId === teamId);
  const flavorTotalSlots = flavor?.totalSlots ?? 0;
  const flavorGrantedSlots = uses.reduce((sum, use) => sum + use.grantedSlots, 0);
  const requestMillis = BigInt(slots) * BigInt(durationHours) * 3_600_000n;
  return {
    flavorTotalSlots,
    flavorGrantedSlots,
    flavorUsedSlots: uses.reduce((sum, use) => sum + use.usedSlots, 0),
    teamGrantedSlots: own?.grantedSlots ?? 0,
    teamUsedSlots: own?.usedSlots ?? 0,
    priceMicrosPerSlotHour: toMicros(price),
    requestCostMicros: price === null ? null : picosToMicros(slotCostPicos(requestMillis, price)),
    teamSpentMicros30Days: picosToMicros(spentPicos),
    teamSlotSeconds7Days: Number(slotMillis) / 1_000,
    isOversubscribed: flavorGrantedSlots + (request.status === 'pending' ? slots : 0) > flavorTotalSlots,
  };
}
