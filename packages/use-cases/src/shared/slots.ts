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

/** SlotNeed is how many more slots of a flavour a team wants now. */
export interface SlotNeed {
  team: TeamRecord;
  flavor: Pick<FlavorRecord, 'id' | 'name'>;
  neededSlots: number;
  now: Date;
}

/** requireFlavor reads a flavour by name. Throws not found. */
export async function requireFlavor(tx: Tx, name: string): Promise<FlavorRecord> {
  const flavor = await findFlavor(tx, { name });
  if (flavor === null) throw notFound(`There is no flavour ${name}; \`slipway clusters\` lists what there is.`);
  return flavor;
}

/** takeSlots throws the sentence of the quota rule unless the team may take the slots; nobody else of the team decides until the transaction ends. */
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
  const price = slotPriceAt(await listPriceEntries(tx), flavorName, now);
  return price === null ? null : Number(price);
}

async function slotQuestion(tx: Tx, { team, flavor, neededSlots, now }: SlotNeed): Promise<SlotQuestion> {
  const rows = await readSlotUse(tx, { teamId: team.id, flavorId: flavor.id }, now);
  const { usedSlots, grantedSlots } = rows[0] ?? { usedSlots: 0, grantedSlots: 0 };
  return { teamSlug: team.slug, flavorName: flavor.name, grantedSlots, usedSlots, neededSlots };
}
