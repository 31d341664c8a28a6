import { type FlavorRecord, findFlavor, listPriceEntries, readSlotUse, type Tx } from '@slipway/db';
import { notFound } from '@slipway/domain';
import { slotPriceAt } from '@slipway/domain/metering';
import { decideSlots, type SlotDecision } from '@slipway/domain/quota';
import type { SlotReservation } from '../quota/reserve-slots.ts';
import { toMicros } from './micros.ts';

/** requireFlavor reads a flavour by name. Throws not found. */
export async function requireFlavor(tx: Tx, name: string): Promise<FlavorRecord> {
  const flavor = await findFlavor(tx, { name });
  if (flavor === null) throw notFound(`There is no flavour ${name}; \`slipway clusters\` lists what there is.`);
  return flavor;
}

/** previewSlots says what reserveSlots would say now. */
export async function previewSlots(tx: Tx, reservation: SlotReservation): Promise<SlotDecision> {
  const { team, flavor, neededSlots, now } = reservation;
  const [use] = await readSlotUse(tx, { teamId: team.id, flavorId: flavor.id }, now);
  return decideSlots({
    teamSlug: team.slug,
    flavorName: flavor.name,
    grantedSlots: use?.grantedSlots ?? 0,
    usedSlots: use?.usedSlots ?? 0,
    neededSlots,
  });
}

/** readSlotPrice is what a slot hour of a flavour costs now, in micros, or null when nobody set it. */
export async function readSlotPrice(tx: Tx, flavorName: string, now: Date): Promise<number | null> {
  return toMicros(slotPriceAt(await listPriceEntries(tx), flavorName, now));
}
