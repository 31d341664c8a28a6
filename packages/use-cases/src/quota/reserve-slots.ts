import { type FlavorRecord, lockTeamQuota, readSlotUse, type TeamRecord, type Tx } from '@slipway/db';
import { requireSlots } from '@slipway/domain/quota';

/** SlotReservation is how many more slots of a flavour a change takes. */
export interface SlotReservation {
  team: Pick<TeamRecord, 'id' | 'slug'>;
  flavor: Pick<FlavorRecord, 'id' | 'name'>;
  neededSlots: number;
  now: Date;
}

/**
 * reserveSlots throws a conflict, in words, unless the team's grants cover its use and the slots needed.
 * It holds the team's lock for the flavour until the transaction ends, so write what takes the slots in the same one.
 */
export async function reserveSlots(tx: Tx, reservation: SlotReservation): Promise<void> {
  const { team, flavor, neededSlots, now } = reservation;
  await lockTeamQuota(tx, team.id, flavor.id);
  const [use] = await readSlotUse(tx, { teamId: team.id, flavorId: flavor.id }, now);
  requireSlots({
    teamSlug: team.slug,
    flavorName: flavor.name,
    grantedSlots: use?.grantedSlots ?? 0,
    usedSlots: use?.usedSlots ?? 0,
    neededSlots,
  });
}
