import { randomUUID } from 'node:crypto';
import { findFlavor, insertPrices, listPriceEntries, lockKey, withTransaction } from '@slipway/db';
import { invalidInput, unavailable } from '@slipway/domain';
import { datePrices, decideNewPrice, type meteringContract } from '@slipway/domain/metering';
import { recordChange } from '../shared/change.ts';
import type { Verb } from '../shared/verb.ts';
import { toPriceView } from './price-view.ts';

/** setPrice adds a line to the price book that holds from now or a later time on; what was used before keeps its price. */
export const setPrice: Verb<typeof meteringContract.setPrice> = (deps, actor, input) =>
  withTransaction(deps.db, async (tx) => {
    await lockKey(tx, 'price-book');
    const now = deps.now();
    const { kind, flavor, model } = input;
    if (flavor !== undefined && (await findFlavor(tx, { name: flavor })) === null) {
      throw invalidInput(`There is no flavour ${flavor}.`, 'flavor');
    }
    const entries = await listPriceEntries(tx);
    const effectiveFrom = input.effectiveFrom === undefined ? undefined : new Date(input.effectiveFrom);
    const decided = decideNewPrice({ kind, flavor, model, effectiveFrom }, entries, now);
    const id = randomUUID();
    const entry = { ...decided, id, amountMicros: BigInt(input.amountMicros), setBy: actor.email, createdAt: now };
    await insertPrices(tx, [entry]);
    const target = { targetKind: 'price', targetId: id, targetName: flavor ?? model ?? kind };
    const detail = { kind, amountMicros: input.amountMicros, effectiveFrom: decided.effectiveFrom.toISOString() };
    await recordChange(tx, { actor, now, action: 'metering.setPrice', team: null, ...target, detail });
    const dated = datePrices([...entries, entry], now).find((candidate) => candidate.id === id);
    if (dated === undefined) throw unavailable('The price book changed while this price was written.');
    return toPriceView(dated);
  });
