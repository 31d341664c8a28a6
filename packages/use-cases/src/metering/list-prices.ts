import { listPriceEntries } from '@slipway/db';
import { CURRENCY, datePrices, type meteringContract } from '@slipway/domain/metering';
import type { Verb } from '../shared/verb.ts';
import { toPriceView } from './price-view.ts';

/** listPrices reads the price book with its history, newest first. */
export const listPrices: Verb<typeof meteringContract.listPrices> = async (deps) => {
  const entries = await listPriceEntries(deps.db.prisma);
  return { currency: CURRENCY, items: datePrices(entries, deps.now()).map(toPriceView) };
};
