import type { Condition, Status } from '@slipway/domain';
import type { FLAVOR_KINDS } from '@slipway/domain/catalog';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** MachineRecord is the computer behind a local cluster. */
export interface MachineRecord {
  cpuModel: string;
  cores: number;
  memoryBytes: number;
  hostname: string;
}
/** FlavorRecord is one kind of slot. */
export interface FlavorRecord {
  id: string;
  clusterId: string;
  name: string;
  kind: (typeof FLAVOR_KINDS)[number];
  model: string;
  memoryBytes: number | null;
  migProfile: string | null;
  totalSlots: number;
}
/** ClusterRecord is a cluster as its driver last saw it. */
export interface ClusterRecord {
  id: string;
  name: string;
  driver: 'local' | 'kubernetes';
  status: Status;
  condition: Condition | null;
  machine: MachineRecord | null;
  observedAt: Date | null;
}

type FlavorRow = Prisma.FlavorGetPayload<object>;

function toFlavor({ createdAt: _, memoryBytes, kind, ...row }: FlavorRow): FlavorRecord {
  return {
    ...row,
    kind: kind as FlavorRecord['kind'],
    memoryBytes: memoryBytes === null ? null : Number(memoryBytes),
  };
}

/** listClusterRecords reads all clusters with their flavours. */
export async function listClusterRecords(tx: Tx): Promise<(ClusterRecord & { flavors: FlavorRecord[] })[]> {
  const rows = await tx.cluster.findMany({
    include: { flavors: { orderBy: { name: 'asc' } } },
    orderBy: { name: 'asc' },
  });
  return rows.map(({ createdAt: _, ...row }) => ({
    ...row,
    driver: row.driver as ClusterRecord['driver'],
    status: row.status as Status,
    condition: row.condition as Condition | null,
    machine: row.machine as MachineRecord | null,
    flavors: row.flavors.map(toFlavor),
  }));
}

/** listFlavors reads all flavours. */
export async function listFlavors(tx: Tx): Promise<FlavorRecord[]> {
  return (await tx.flavor.findMany({ orderBy: { name: 'asc' } })).map(toFlavor);
}

/** findFlavor reads a flavour by id or by its name, which is unique in the installation. */
export async function findFlavor(tx: Tx, by: { id: string } | { name: string }): Promise<FlavorRecord | null> {
  const row = await tx.flavor.findUnique({ where: by });
  return row === null ? null : toFlavor(row);
}

/** upsertCluster writes what a driver sees now; a cluster keeps the id it got first. */
export async function upsertCluster(tx: Tx, cluster: ClusterRecord & { observedAt: Date }): Promise<string> {
  const { id, name, driver, status, condition, machine, observedAt } = cluster;
  const seen = {
    driver,
    status,
    condition: condition ?? Prisma.DbNull,
    machine: machine === null ? Prisma.DbNull : { ...machine },
    observedAt,
  };
  const row = await tx.cluster.upsert({
    where: { name },
    create: { id, name, createdAt: observedAt, ...seen },
    update: seen,
    select: { id: true },
  });
  return row.id;
}

/** insertFlavor adds a flavour seen for the first time. */
export async function insertFlavor(tx: Tx, flavor: FlavorRecord & { createdAt: Date }): Promise<void> {
  const memoryBytes = flavor.memoryBytes === null ? null : BigInt(flavor.memoryBytes);
  await tx.flavor.create({ data: { ...flavor, memoryBytes } });
}

/** updateFlavor writes what a driver sees of a known flavour now. */
export async function updateFlavor(tx: Tx, flavor: FlavorRecord): Promise<void> {
  const { id, kind, model, migProfile, totalSlots } = flavor;
  const memoryBytes = flavor.memoryBytes === null ? null : BigInt(flavor.memoryBytes);
  await tx.flavor.update({ where: { id }, data: { kind, model, migProfile, totalSlots, memoryBytes } });
}
