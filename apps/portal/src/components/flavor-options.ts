import type { OutputOf } from '@slipway/domain/kernel';
import type { quotaContract } from '@slipway/domain/quota';
import { formatPrice } from '@slipway/ui';

type Usage = OutputOf<typeof quotaContract.getTeamQuota>['items'][number];

/** flavorOptions lists the flavours that a team can take slots of, with what is left and what one costs. */
export function flavorOptions(usage: readonly Usage[]) {
  return usage.map(({ flavor, flavorModel, availableSlots, grantedSlots, priceMicrosPerSlotHour }) => ({
    value: flavor,
    label: `${flavor} · ${flavorModel} · ${availableSlots} of ${grantedSlots} slots free · ${formatPrice(priceMicrosPerSlotHour, 'slot h')}`,
  }));
}

/** slotsText writes a number of slots with their flavour. */
export const slotsText = (slots: number, flavor: string) => `${slots} ${flavor} ${slots === 1 ? 'slot' : 'slots'}`;
