import type { OutputOf } from '@slipway/domain';
import { CURRENCY, type DatedPrice, type meteringContract } from '@slipway/domain/metering';

/** PriceView is a line of the price book as the API tells it. */
export type PriceView = OutputOf<typeof meteringContract.setPrice>;

/** toPriceView shows a line of the price book. */
export function toPriceView(price: DatedPrice): PriceView {
  const { id, kind, isCurrent, setBy } = price;
  return {
    id,
    kind,
    flavor: price.flavorName,
    model: price.modelName,
    amountMicros: Number(price.amountMicros),
    unit: kind === 'slot_hour' ? `${CURRENCY} per slot hour` : `${CURRENCY} per million tokens`,
    effectiveFrom: price.effectiveFrom.toISOString(),
    effectiveTo: price.effectiveTo?.toISOString() ?? null,
    isCurrent,
    setBy,
    createdAt: price.createdAt.toISOString(),
  };
}
