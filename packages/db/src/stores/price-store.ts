import type { PriceEntry, PriceKind } from '@slipway/domain/metering';
import type { Tx } from '../transaction.ts';

/** listPriceEntries reads the whole price book, oldest first. */
export async function listPriceEntries(tx: Tx): Promise<PriceEntry[]> {
  const rows = await tx.price.findMany({ orderBy: [{ effectiveFrom: 'asc' }, { createdAt: 'asc' }] });
  return rows.map((row) => ({ ...row, kind: row.kind as PriceKind }));
}

/** insertPrices adds lines to the price book; none is ever changed or removed. */
export async function insertPrices(tx: Tx, prices: readonly PriceEntry[]): Promise<void> {
  await tx.price.createMany({ data: [...prices] });
}
