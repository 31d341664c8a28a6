import {
  type FlavorRecord,
  findFlavor,
  findOwnEndpoint,
  findReadableVersion,
  listClusterRecords,
  type TeamRecord,
  type Tx,
  type VersionRecord,
} from '@slipway/db';
import type { ParsedInputOf } from '@slipway/domain';
import type { DeploymentPlan, servingContract } from '@slipway/domain/serving';
import { previewSlots, readSlotPrice } from '../shared/slots.ts';

/** DeploymentInput is a deployment, perhaps not all chosen yet. */
export type DeploymentInput = ParsedInputOf<typeof servingContract.preflightEndpoint>;

// The contract's defaults: a partial input carries none.
const DEFAULTS = { flavor: 'cpu', replicas: 1, slotsPerReplica: 1, contextTokens: 2_048, maxConcurrency: 8 };

/** planDeployment reads everything that decides about a deployment. */
export async function planDeployment(
  tx: Tx,
  team: TeamRecord,
  { input, now }: { input: DeploymentInput; now: Date },
): Promise<{ plan: DeploymentPlan; version: VersionRecord | null; flavor: FlavorRecord | null }> {
  const chosen = { ...DEFAULTS, ...withoutUndefined(input) };
  const flavor = await findFlavor(tx, { name: chosen.flavor });
  const version = input.versionId ? await findReadableVersion(tx, team.id, input.versionId) : null;
  const isTaken = input.name ? (await findOwnEndpoint(tx, team.id, input.name)) !== null : false;
  const neededSlots = chosen.replicas * chosen.slotsPerReplica;
  const plan: DeploymentPlan = {
    name: input.name ? { slug: input.name, isTaken } : null,
    version,
    flavor: flavor && { name: flavor.name, totalSlots: flavor.totalSlots, isCpu: flavor.kind === 'cpu' },
    memoryBytes: flavor && (await memoryOfReplica(tx, flavor, chosen.slotsPerReplica)),
    replicas: chosen.replicas,
    slotsPerReplica: chosen.slotsPerReplica,
    contextTokens: chosen.contextTokens,
    maxConcurrency: chosen.maxConcurrency,
    quota: flavor && (await previewSlots(tx, { team, flavor, neededSlots, now })),
    priceMicrosPerSlotHour: flavor && (await readSlotPrice(tx, flavor.name, now)),
  };
  return { plan, version, flavor };
}

/** A GPU slot brings its own memory; CPU slots share the machine's. */
async function memoryOfReplica(tx: Tx, flavor: FlavorRecord, slots: number): Promise<number | null> {
  if (flavor.kind !== 'cpu') return flavor.memoryBytes === null ? null : flavor.memoryBytes * slots;
  if (flavor.memoryBytes !== null) return flavor.memoryBytes;
  const clusters = await listClusterRecords(tx);
  return clusters.find((cluster) => cluster.id === flavor.clusterId)?.machine?.memoryBytes ?? null;
}

function withoutUndefined<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as never;
}
