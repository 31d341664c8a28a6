import {
  type DatasetRecord,
  type FlavorRecord,
  findDataset,
  findFlavor,
  findReadableVersion,
  hasRunNamed,
  listClusterRecords,
  type TeamRecord,
  type Tx,
  type VersionRecord,
} from '@slipway/db';
import type { ParsedInputOf } from '@slipway/domain';
import { threadsForSlots } from '@slipway/domain/catalog';
import type { LaunchPlan, trainingContract } from '@slipway/domain/training';
import { findTemplate } from '@slipway/templates';
import { z } from 'zod';
import { previewSlots, readSlotPrice } from '../shared/slots.ts';

/** LaunchInput is a launch, perhaps not all chosen yet. */
export type LaunchInput = ParsedInputOf<typeof trainingContract.preflightTraining>;

// The contract's defaults: a partial input carries none.
const DEFAULT_TEMPLATE = 'fine-tune-small-lm';
const DEFAULT_SLOTS = 1;
const DEFAULT_TIME_LIMIT_MINUTES = 60;
// What every training template must say; the rest of its parameters is its own.
const plannedSchema = z.looseObject({ epochs: z.number(), contextTokens: z.number() });

/** PlannedLaunch is everything that decides about a launch, and what it refers to. */
export interface PlannedLaunch {
  plan: LaunchPlan;
  base: VersionRecord | null;
  dataset: DatasetRecord | null;
  flavor: FlavorRecord | null;
  /** params are checked and completed with the template's defaults. */
  params: Record<string, unknown>;
}

/** planLaunch reads everything that decides about a launch. */
export async function planLaunch(
  tx: Tx,
  team: TeamRecord,
  { input, now }: { input: LaunchInput; now: Date },
): Promise<PlannedLaunch> {
  const slots = input.slots ?? DEFAULT_SLOTS;
  const flavor = await findFlavor(tx, { name: input.flavor ?? 'cpu' });
  const base = input.baseVersionId ? await findReadableVersion(tx, team.id, input.baseVersionId) : null;
  const dataset = input.datasetId ? await findDataset(tx, team.id, { id: input.datasetId }) : null;
  const isTaken = input.name ? await hasRunNamed(tx, team.id, input.name) : false;
  const { checked, params } = checkParams(input.template ?? DEFAULT_TEMPLATE, input.params ?? {});
  const plan: LaunchPlan = {
    name: input.name ? { slug: input.name, isTaken } : null,
    base,
    dataset,
    outputModel: input.outputModel ?? null,
    flavor,
    slots,
    threads: threadsForSlots(flavor?.kind ?? 'cpu', slots),
    memoryBytes: flavor && (await machineMemory(tx, flavor)),
    timeLimitMinutes: input.timeLimitMinutes ?? DEFAULT_TIME_LIMIT_MINUTES,
    params: checked,
    quota: flavor && (await previewSlots(tx, { team, flavor, neededSlots: slots, now })),
    priceMicrosPerSlotHour: flavor && (await readSlotPrice(tx, flavor.name, now)),
  };
  return { plan, base, dataset, flavor, params };
}

function checkParams(
  templateId: string,
  given: Record<string, unknown>,
): { checked: LaunchPlan['params']; params: Record<string, unknown> } {
  const template = findTemplate(templateId);
  if (template?.kind !== 'training') {
    return { checked: { isValid: false, problem: `There is no training template ${templateId}.` }, params: {} };
  }
  const parsed = template.params.safeParse(given);
  if (!parsed.success) {
    const problem = parsed.error.issues
      .map((issue) => `${issue.path.join('.') || 'Parameters'}: ${issue.message}`)
      .join(' ');
    return { checked: { isValid: false, problem }, params: {} };
  }
  const { epochs, contextTokens } = plannedSchema.parse(parsed.data);
  return { checked: { isValid: true, epochs, contextTokens }, params: parsed.data };
}

async function machineMemory(tx: Tx, flavor: FlavorRecord): Promise<number | null> {
  const clusters = await listClusterRecords(tx);
  return clusters.find((cluster) => cluster.id === flavor.clusterId)?.machine?.memoryBytes ?? null;
}
