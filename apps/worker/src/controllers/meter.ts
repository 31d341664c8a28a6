import type { WorkloadState } from '@slipway/cluster';
import {
  appendSlotRecord,
  type Database,
  findMeteredUntil,
  findReplicaOwner,
  findRunOwner,
  listPriceEntries,
  type MeterOwner,
  withTransaction,
} from '@slipway/db';
import { parseWorkloadKey } from '@slipway/domain/catalog';
import { meterSlots } from '@slipway/domain/metering';
import { describeError, type Log } from '../telemetry/log.ts';

/** METERING_INTERVAL_MS: at most this much of a workload's time is lost when the worker is killed. */
export const METERING_INTERVAL_MS = 15_000;

/** Meter writes who held which slots from when to when. */
export interface Meter {
  /** observe takes a change of phase: slots are held from start to exit. */
  observe(state: WorkloadState): void;
  /** tick records every open interval up to now. */
  tick(): Promise<void>;
}

interface OpenInterval {
  key: string;
  flavor: string;
  slots: number;
  since: Date;
  /** endAt is null while the workload runs. */
  endAt: Date | null;
}

/**
 * createMeter records closed intervals only: a killed worker (whose workloads die with it) leaves none open, so that what it
 * did not record is lost, at most one tick, and nothing is ever charged twice.
 */
export function createMeter(options: { db: Database; log: Log; now: () => Date }): Meter {
  const open = new Map<string, OpenInterval>();
  // Ended intervals wait here until they are written; a process may start again under the same key meanwhile.
  let ended: OpenInterval[] = [];
  let turn: Promise<void> = Promise.resolve();

  async function record(interval: OpenInterval, until: Date): Promise<void> {
    const owner = await findOwner(options.db, interval.key);
    // A replica of an endpoint that was removed from the database by hand has nobody to charge.
    if (owner === null) return;
    await withTransaction(options.db, async (tx) => {
      const meteredUntil = await findMeteredUntil(tx, owner.ownerId);
      const startAt = meteredUntil !== null && meteredUntil > interval.since ? meteredUntil : interval.since;
      if (startAt >= until) return;
      const { flavor: flavorName, slots } = interval;
      for (const piece of meterSlots({ flavorName, slots, startAt, endAt: until }, await listPriceEntries(tx))) {
        if (piece.priceMicros === null)
          options.log('warning', 'A slot has no price; its use is recorded at 0.', { flavor: flavorName });
        await appendSlotRecord(tx, { ...piece, owner, flavorName, slots, priceMicros: piece.priceMicros ?? 0n });
      }
    });
  }

  async function recordAll(): Promise<void> {
    const now = options.now();
    const waiting = ended;
    ended = [];
    for (const interval of [...waiting, ...open.values()]) {
      const until = interval.endAt ?? now;
      try {
        await record(interval, until);
        interval.since = until;
      } catch (error) {
        // What is not written stays open from where it was, and the next tick covers it.
        if (interval.endAt !== null) ended.push(interval);
        options.log('error', 'Slot use could not be recorded and is tried again.', {
          key: interval.key,
          error: describeError(error),
        });
      }
    }
  }

  const tick = () => {
    turn = turn.then(recordAll);
    return turn;
  };

  return {
    observe(state) {
      const known = open.get(state.key);
      if (state.phase !== 'exited') {
        if (known !== undefined) return;
        const { key, flavor, slots, startedAt } = state;
        open.set(key, { key, flavor, slots, since: startedAt, endAt: null });
        return;
      }
      if (known === undefined) return;
      open.delete(state.key);
      ended.push({ ...known, endAt: state.exitedAt ?? options.now() });
      void tick();
    },
    tick,
  };
}

function findOwner(db: Database, key: string): Promise<MeterOwner | null> {
  const { kind, id } = parseWorkloadKey(key);
  return kind === 'replica' ? findReplicaOwner(db.prisma, id) : findRunOwner(db.prisma, id);
}
