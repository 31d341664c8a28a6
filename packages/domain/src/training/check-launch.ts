import { failed, ok, type Preflight, type PreflightCheck, warning } from '../kernel/preflight.ts';
import type { Status } from '../kernel/schemas.ts';
import type { SlotDecision } from '../quota/decide-slots.ts';
import type { GgufMetadata } from '../registry/contract.ts';
import { servedTask } from '../registry/served-task.ts';
import { describeBytes } from '../serving/memory-need.ts';
import { planTraining, type TrainingPlan } from './plan-training.ts';

/** LaunchPlan is everything that decides whether a run can be launched; null is what was not chosen yet. */
export interface LaunchPlan {
  name: { slug: string; isTaken: boolean } | null;
  base: { label: string; status: Status; metadata: GgufMetadata | null } | null;
  dataset: { name: string; sizeBytes: number; format: 'text' | 'jsonl' } | null;
  outputModel: string | null;
  flavor: { name: string; totalSlots: number } | null;
  slots: number;
  threads: number;
  /** memoryBytes is what the machine has. */
  memoryBytes: number | null;
  timeLimitMinutes: number;
  params: { isValid: true; epochs: number; contextTokens: number } | { isValid: false; problem: string };
  quota: SlotDecision | null;
  priceMicrosPerSlotHour: number | null;
}

const SECONDS_PER_HOUR = 3_600;
// One context to learn from, and one to check against.
const LEAST_CONTEXTS = 2;

/** checkLaunch says what a run would need, take, cost and make, and what stands in its way. */
export function checkLaunch(plan: LaunchPlan): Preflight {
  const estimate = estimateOf(plan);
  const checks = [
    ...checkName(plan),
    ...checkBase(plan, estimate),
    ...checkDataset(plan, estimate),
    ...checkParams(plan),
    ...checkMemory(plan, estimate),
    ...checkTime(plan, estimate),
    ...checkSlots(plan),
  ];
  const price = plan.priceMicrosPerSlotHour;
  if (plan.flavor && price === null) {
    checks.push(warning('price', `No price is set for ${plan.flavor.name}: its cost is not known.`));
  }
  const perHour = price === null ? null : price * plan.slots;
  const isComplete = plan.name !== null && plan.base !== null && plan.dataset !== null && plan.outputModel !== null;
  return {
    isLaunchable: isComplete && checks.every((check) => check.result !== 'failed'),
    checks,
    slots: plan.slots,
    costMicrosPerHour: perHour,
    estimatedSeconds: estimate?.estimatedSeconds ?? null,
    estimatedCostMicros:
      perHour === null || estimate === null
        ? null
        : Math.ceil((perHour * estimate.estimatedSeconds) / SECONDS_PER_HOUR),
    memoryBytes: estimate?.memoryBytes ?? null,
    creates: plan.outputModel === null ? [] : [`a version of model ${plan.outputModel}`],
  };
}

function estimateOf({ base, dataset, params, threads }: LaunchPlan): TrainingPlan | null {
  if (!base?.metadata || dataset === null) return null;
  const epochs = params.isValid ? params.epochs : 1;
  return planTraining({ metadata: base.metadata, datasetBytes: dataset.sizeBytes, epochs, threads });
}

function checkName({ name }: LaunchPlan): PreflightCheck[] {
  if (name === null) return [];
  if (name.isTaken) return [failed('name', `A run named ${name.slug} exists already: choose another name.`)];
  return [ok('name', `${name.slug} is free.`)];
}

function checkBase({ base }: LaunchPlan, estimate: TrainingPlan | null): PreflightCheck[] {
  if (base === null) return [];
  if (base.status !== 'ready' || base.metadata === null) {
    return [failed('base', `${base.label} is ${base.status}: only a ready version can be trained.`)];
  }
  if (servedTask(base.metadata) === 'embedding')
    return [failed('base', `${base.label} gives embeddings: only a model that generates text can be fine-tuned.`)];
  const checks = [ok('base', `${base.label} is ready (${base.metadata.architecture}, ${base.metadata.quantisation}).`)];
  if (base.metadata.quantisation !== 'F32') {
    checks.push(
      warning(
        'quantisation',
        `The base is ${base.metadata.quantisation}: it is made F32 first and the result quantised again.`,
      ),
    );
  }
  if (estimate !== null && estimate.trainableLayers < estimate.layerCount) {
    const { trainableLayers, layerCount } = estimate;
    checks.push(
      warning(
        'layers',
        `Only the last ${trainableLayers} of ${layerCount} layers are trained, to save time and memory.`,
      ),
    );
  }
  return checks;
}

function checkDataset({ dataset, params }: LaunchPlan, estimate: TrainingPlan | null): PreflightCheck[] {
  if (dataset === null) return [];
  const size = `${dataset.name}: ${describeBytes(dataset.sizeBytes)} of ${dataset.format}`;
  if (estimate === null || !params.isValid) return [ok('dataset', `${size}.`)];
  const needed = params.contextTokens * LEAST_CONTEXTS;
  // The number of tokens is a guess from the bytes: the run itself counts and refuses.
  if (estimate.tokens < needed) {
    return [
      warning('dataset', `${size} is about ${estimate.tokens} tokens, and at least ${needed} are needed: add text.`),
    ];
  }
  return [ok('dataset', `${size}, about ${estimate.tokens} tokens.`)];
}

function checkParams({ params }: LaunchPlan): PreflightCheck[] {
  return params.isValid ? [] : [failed('params', params.problem)];
}

function checkMemory({ memoryBytes }: LaunchPlan, estimate: TrainingPlan | null): PreflightCheck[] {
  if (memoryBytes === null || estimate === null) return [];
  const need = describeBytes(estimate.memoryBytes);
  const have = describeBytes(memoryBytes);
  if (estimate.memoryBytes > memoryBytes)
    return [failed('memory', `Training needs about ${need} of memory, and ${have} are there: choose a smaller base.`)];
  return [ok('memory', `Training takes about ${need} of ${have} of memory.`)];
}

function checkTime({ timeLimitMinutes }: LaunchPlan, estimate: TrainingPlan | null): PreflightCheck[] {
  if (estimate === null) return [];
  const minutes = Math.max(1, Math.ceil(estimate.estimatedSeconds / 60));
  if (estimate.estimatedSeconds > timeLimitMinutes * 60) {
    return [
      warning(
        'time',
        `It takes about ${minutes} minutes and is stopped after ${timeLimitMinutes}: raise the limit or lower the epochs.`,
      ),
    ];
  }
  return [ok('time', `It takes about ${minutes} of the ${timeLimitMinutes} minutes allowed.`)];
}

function checkSlots({ flavor, slots, quota }: LaunchPlan): PreflightCheck[] {
  if (flavor === null) return [];
  if (slots > flavor.totalSlots) {
    return [
      failed('capacity', `The run asks for ${slots} ${flavor.name} slots and the cluster has ${flavor.totalSlots}.`),
    ];
  }
  if (quota === null) return [];
  if (!quota.isAllowed) return [failed('quota', quota.message)];
  return [ok('quota', `${slots} ${flavor.name} slots; ${quota.remainingSlots} granted ones stay free.`)];
}
