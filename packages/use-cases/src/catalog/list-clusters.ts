import { listClusterRecords, listPriceEntries, readSlotUse } from '@slipway/db';
import type { catalogContract } from '@slipway/domain/catalog';
import { slotPriceAt } from '@slipway/domain/metering';
import { toMicros } from '../shared/micros.ts';
import type { Verb } from '../shared/verb.ts';

/** listClusters lists clusters with their flavours, what of them is granted and used, and their price. */
export const listClusters: Verb<typeof catalogContract.listClusters> = async (deps) => {
  const now = deps.now();
  const [clusters, uses, prices] = await Promise.all([
    listClusterRecords(deps.db.prisma),
    readSlotUse(deps.db.prisma, {}, now),
    listPriceEntries(deps.db.prisma),
  ]);
  const sum = (flavorId: string, what: 'usedSlots' | 'grantedSlots') =>
    uses.reduce((total, use) => total + (use.flavorId === flavorId ? use[what] : 0), 0);
  return {
    items: clusters.map(({ flavors, observedAt, ...cluster }) => ({
      ...cluster,
      observedAt: observedAt?.toISOString() ?? null,
      flavors: flavors.map(({ clusterId: _, ...flavor }) => ({
        ...flavor,
        grantedSlots: sum(flavor.id, 'grantedSlots'),
        usedSlots: sum(flavor.id, 'usedSlots'),
        priceMicrosPerSlotHour: toMicros(slotPriceAt(prices, flavor.name, now)),
      })),
    })),
  };
};
