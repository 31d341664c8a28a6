import { randomUUID } from 'node:crypto';
import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** MeterOwner is whom the slots of a replica or run are charged to, as the ledger names them. */
export interface MeterOwner {
  ownerKind: 'replica' | 'run';
  ownerId: string;
  teamId: string;
  teamSlug: string;
  endpointId: string | null;
  endpointName: string | null;
  runId: string | null;
  runName: string | null;
  versionId: string | null;
  versionLabel: string | null;
}

const VERSION = {
  select: { id: true, version: true, model: { select: { name: true, team: { select: { slug: true } } } } },
};
type VersionRow = Prisma.ModelVersionGetPayload<typeof VERSION>;

/** findReplicaOwner is whom a replica is charged to; it goes by the revision, because the replica's row may be gone before its last slot-second is. */
export async function findReplicaOwner(client: Tx, replicaId: string): Promise<MeterOwner | null> {
  const revisionId = replicaId.replace(/-\d+$/, '');
  const revision = await client.revision.findUnique({
    where: { id: revisionId },
    select: {
      version: VERSION,
      endpoint: { select: { id: true, name: true, teamId: true, team: { select: { slug: true } } } },
    },
  });
  if (revision === null) return null;
  const { endpoint, version } = revision;
  return {
    ownerKind: 'replica',
    ownerId: replicaId,
    teamId: endpoint.teamId,
    teamSlug: endpoint.team.slug,
    endpointId: endpoint.id,
    endpointName: endpoint.name,
    runId: null,
    runName: null,
    versionId: version.id,
    versionLabel: labelOf(version),
  };
}

/** findRunOwner is whom a run is charged to, under the version that it trains from. */
export async function findRunOwner(client: Tx, runId: string): Promise<MeterOwner | null> {
  const run = await client.trainingRun.findUnique({
    where: { id: runId },
    select: { id: true, name: true, teamId: true, team: { select: { slug: true } }, baseVersion: VERSION },
  });
  if (run === null) return null;
  return {
    ownerKind: 'run',
    ownerId: run.id,
    teamId: run.teamId,
    teamSlug: run.team.slug,
    endpointId: null,
    endpointName: null,
    runId: run.id,
    runName: run.name,
    versionId: run.baseVersion.id,
    versionLabel: labelOf(run.baseVersion),
  };
}

/** findMeteredUntil is the end of the owner's last recorded interval, or null. */
export async function findMeteredUntil(client: Tx, ownerId: string): Promise<Date | null> {
  const last = await client.slotRecord.aggregate({ where: { ownerId }, _max: { endAt: true } });
  return last._max.endAt;
}

function labelOf(version: VersionRow): string {
  return `${version.model.team.slug}/${version.model.name}:${version.version}`;
}

/** NewSlotRecord is slots that an owner held from startAt to endAt, with their price. */
export interface NewSlotRecord {
  owner: MeterOwner;
  flavorName: string;
  slots: number;
  startAt: Date;
  endAt: Date;
  slotMillis: bigint;
  priceMicros: bigint;
  costPicos: bigint;
}

/** appendSlotRecord writes one interval; the same owner and start twice stay one. */
export async function appendSlotRecord(tx: Tx, { owner, ...interval }: NewSlotRecord): Promise<void> {
  await tx.slotRecord.createMany({ data: [{ id: randomUUID(), ...owner, ...interval }], skipDuplicates: true });
}
