import {
  type FlavorRecord,
  findFlavor,
  listPriceEntries,
  lockTeamQuota,
  readSlotUse,
  type TeamRecord,
  type Tx,
} from '@slipway/db';
import { notFound } from '@slipway/domain';
import { slotPriceAt } from '@slipway/domain/metering';
import { decideSlots, requireSlots, type SlotDecision, type SlotQuestion } from '@slipway/domain/quota';
import { toMicros } from './micros.ts';

/** requireFlavor reads a flavour by name. Throws not found. */
export async function requireFlavor(tx: Tx, name: string): Promise<FlavorRecord> {
  const flavor = await findFlavor(tx, { name });
  if (flavor === null) throw notFound(`There is no flavour ${name}; \`slipway clusters\` lists what there is.`);
  return flavor;
}

/** SlotNeed is how many more slots of a flavour a change takes. */
export interface SlotNeed {
  team: Pick<TeamRecord, 'id' | 'slug'>;
  flavor: Pick<FlavorRecord, 'id' | 'name'>;
  neededSlots: number;
  now: Date;
}

/**
 * takeSlots throws a conflict, in words, unless the team's grants cover its use and the slots needed.
 * It holds the team's lock for the flavour until the transaction ends, so write what takes the slots in the same one.
 */
export async function takeSlots(tx: Tx, need: SlotNeed): Promise<void> {
  await lockTeamQuota(tx, need.team.id, need.flavor.id);
  requireSlots(await slotQuestion(tx, need));
}

/** previewSlots says what takeSlots would say now. */
export async function previewSlots(tx: Tx, need: SlotNeed): Promise<SlotDecision> {
  return decideSlots(await slotQuestion(tx, need));
}

/** readSlotPrice is what a slot hour of a flavour costs now, in micros, or null when nobody set it. */
export async function readSlotPrice(tx: Tx, flavorName: string, now: Date): Promise<number | null> {
  return toMicros(slotPriceAt(await listPriceEntries(tx), flavorName, now));
}

async function slotQuestion(tx: Tx, { team, flavor, neededSlots, now }: SlotNeed): Promise<SlotQuestion> {
  const [use] = await readSlotUse(tx, { teamId: team.id, flavorId: flavor.id }, now);
  return {
    teamSlug: team.slug,
    flavorName: flavor.name,
    grantedSlots: use?.grantedSlots ?? 0,
    usedSlots: use?.usedSlots ?? 0,
    neededSlots,
  };
}
