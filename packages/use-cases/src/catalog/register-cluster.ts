import { randomUUID } from 'node:crypto';
import {
  enqueue,
  type FlavorRecord,
  findTeam,
  insertFlavor,
  insertQuotaGrant,
  listClusterRecords,
  lockKey,
  type MachineRecord,
  publish,
  type Tx,
  updateFlavor,
  upsertCluster,
  withTransaction,
} from '@slipway/db';
import { conflict } from '@slipway/domain';
import type { Deps } from '../deps.ts';
import { recordChange } from '../shared/change.ts';

const PLATFORM_TEAM = 'platform';

/** ClusterSeen is what a driver sees of its cluster. */
export interface ClusterSeen {
  name: string;
  driver: 'local' | 'kubernetes';
  machine: MachineRecord | null;
  flavors: FlavorSeen[];
}
/** FlavorSeen is one kind of slot that a driver sees. */
export type FlavorSeen = Omit<FlavorRecord, 'id' | 'clusterId'>;

/**
 * registerCluster writes what a driver sees; a flavour that it no longer sees has no slots.
 * Team "platform" is granted half of a flavour's slots, at least one, when the flavour is first seen, so that the first endpoint can run.
 */
export function registerCluster(deps: Deps, seen: ClusterSeen): Promise<{ clusterId: string }> {
  return withTransaction(deps.db, async (tx) => {
    await lockKey(tx, 'clusters');
    const now = deps.now();
    const clusters = await listClusterRecords(tx);
    const before = clusters.find((cluster) => cluster.name === seen.name);
    const clusterId = await upsertCluster(tx, {
      id: before?.id ?? randomUUID(),
      name: seen.name,
      driver: seen.driver,
      machine: seen.machine,
      status: 'ready',
      condition: null,
      observedAt: now,
    });
    const known = clusters.flatMap((cluster) => cluster.flavors);
    const isChanged = await writeFlavors(tx, { clusterId, seen: seen.flavors, known, now });
    if (before === undefined) {
      const target = { targetKind: 'cluster', targetId: clusterId, targetName: seen.name };
      const detail = { flavors: seen.flavors.map(({ name, totalSlots }) => ({ name, totalSlots })) };
      await recordChange(tx, {
        actor: 'system',
        now,
        action: 'catalog.registerCluster',
        team: null,
        ...target,
        detail,
      });
    } else if (isChanged || before.status !== 'ready') {
      await publish(tx, { noun: 'catalog', id: clusterId, teamId: null });
    }
    return { clusterId };
  });
}

/** writeFlavors brings the cluster's flavours to what is seen, and says whether anything differed. */
async function writeFlavors(
  tx: Tx,
  input: { clusterId: string; seen: readonly FlavorSeen[]; known: readonly FlavorRecord[]; now: Date },
): Promise<boolean> {
  const { clusterId, seen, known, now } = input;
  let isChanged = false;
  for (const flavor of seen) {
    const row = known.find((candidate) => candidate.name === flavor.name);
    if (row !== undefined && row.clusterId !== clusterId) {
      throw conflict(`Another cluster has a flavour ${flavor.name} already: give this one another name.`);
    }
    if (row === undefined) {
      const created = { ...flavor, id: randomUUID(), clusterId };
      await insertFlavor(tx, { ...created, createdAt: now });
      await grantHalfToPlatform(tx, created, now);
      isChanged = true;
    } else if (isDifferent(row, flavor)) {
      await updateFlavor(tx, { ...row, ...flavor });
      isChanged = true;
    }
  }
  const gone = known.filter((row) => row.clusterId === clusterId && !seen.some((flavor) => flavor.name === row.name));
  for (const row of gone.filter((flavor) => flavor.totalSlots > 0)) {
    await updateFlavor(tx, { ...row, totalSlots: 0 });
    isChanged = true;
  }
  return isChanged;
}

async function grantHalfToPlatform(tx: Tx, flavor: FlavorRecord, now: Date): Promise<void> {
  const team = await findTeam(tx, { slug: PLATFORM_TEAM });
  if (team === null || flavor.totalSlots === 0) return;
  const slots = Math.max(1, Math.floor(flavor.totalSlots / 2));
  const id = randomUUID();
  const grant = { id, teamId: team.id, flavorId: flavor.id, requestId: null, slots, startsAt: now, endsAt: null };
  await insertQuotaGrant(tx, grant);
  await enqueue(tx, { kind: 'quota-grant', id });
  const target = { targetKind: 'quota_grant', targetId: id, targetName: flavor.name };
  await recordChange(tx, { actor: 'system', now, action: 'quota.grantFirst', team, ...target, detail: { slots } });
}

function isDifferent(row: FlavorRecord, seen: FlavorSeen): boolean {
  return (
    row.totalSlots !== seen.totalSlots ||
    row.kind !== seen.kind ||
    row.model !== seen.model ||
    row.memoryBytes !== seen.memoryBytes ||
    row.migProfile !== seen.migProfile
  );
}
