import { failed, ok, type Preflight, type PreflightCheck, warning } from '../kernel/preflight.ts';
import type { Status } from '../kernel/schemas.ts';
import type { SlotDecision } from '../quota/decide-slots.ts';
import type { GgufMetadata } from '../registry/contract.ts';
import { servedTask } from '../registry/served-task.ts';
import { contextFor, describeBytes, memoryNeed } from './memory-need.ts';

/** DeploymentPlan is everything that decides whether a deployment can be; null is what was not chosen yet. */
export interface DeploymentPlan {
  name: { slug: string; isTaken: boolean } | null;
  version: { label: string; status: Status; sizeBytes: number | null; metadata: GgufMetadata | null } | null;
  flavor: { name: string; totalSlots: number; isCpu: boolean } | null;
  /** memoryBytes is what one replica may use on this flavour. */
  memoryBytes: number | null;
  replicas: number;
  slotsPerReplica: number;
  contextTokens: number;
  maxConcurrency: number;
  quota: SlotDecision | null;
  priceMicrosPerSlotHour: number | null;
}

/** checkDeployment says what a deployment would need, cost and make, and what stands in its way. */
export function checkDeployment(plan: DeploymentPlan): Preflight {
  const slots = plan.replicas * plan.slotsPerReplica;
  const need = needOf(plan);
  const checks = [
    ...checkName(plan),
    ...checkVersion(plan),
    ...checkContext(plan),
    ...checkMemory(plan, need),
    ...checkSlots(plan, slots),
  ];
  const price = plan.priceMicrosPerSlotHour;
  if (plan.flavor && price === null)
    checks.push(warning('price', `No price is set for ${plan.flavor.name}: its cost is not known.`));
  return {
    isLaunchable: plan.name !== null && plan.version !== null && checks.every((check) => check.result !== 'failed'),
    checks,
    slots,
    costMicrosPerHour: price === null ? null : price * slots,
    estimatedSeconds: null,
    estimatedCostMicros: null,
    memoryBytes: need === null ? null : need.totalBytes * Math.max(1, plan.replicas),
    creates: plan.name
      ? [`endpoint ${plan.name.slug}`, `${plan.replicas} ${plan.replicas === 1 ? 'replica' : 'replicas'}`]
      : [],
  };
}

function needOf({ version, contextTokens, maxConcurrency }: DeploymentPlan) {
  if (!version?.metadata || version.sizeBytes === null) return null;
  const context = contextFor(contextTokens, version.metadata);
  return memoryNeed({
    sizeBytes: version.sizeBytes,
    metadata: version.metadata,
    contextTokens: context,
    maxConcurrency,
  });
}

function checkName({ name }: DeploymentPlan): PreflightCheck[] {
  if (name === null) return [];
  if (name.isTaken)
    return [failed('name', `An endpoint named ${name.slug} exists already: choose another name, or delete it first.`)];
  return [ok('name', `${name.slug} is free.`)];
}

function checkVersion({ version }: DeploymentPlan): PreflightCheck[] {
  if (version === null) return [];
  if (version.status !== 'ready' || version.metadata === null) {
    return [failed('version', `${version.label} is ${version.status}: only a ready version can be deployed.`)];
  }
  const { architecture, quantisation, chatTemplate } = version.metadata;
  const checks = [ok('version', `${version.label} is ready (${architecture}, ${quantisation}).`)];
  if (servedTask(version.metadata) === 'embedding') {
    checks.push(ok('task', 'The model gives embeddings: it is called at /v1/embeddings and cannot chat.'));
  } else if (chatTemplate === null) {
    checks.push(
      warning('chat', 'The model carries no chat template: chat requests get a plain one and may answer oddly.'),
    );
  }
  return checks;
}

function checkContext({ version, contextTokens }: DeploymentPlan): PreflightCheck[] {
  const trained = version?.metadata?.contextLength ?? null;
  if (trained === null) return [];
  if (contextTokens > trained) {
    return [
      warning(
        'context',
        `The model was trained for ${trained} tokens: the endpoint gets ${trained} instead of ${contextTokens}.`,
      ),
    ];
  }
  return [ok('context', `${contextTokens} of the ${trained} tokens that the model was trained for.`)];
}

function checkMemory(plan: DeploymentPlan, need: ReturnType<typeof needOf>): PreflightCheck[] {
  if (need === null || plan.memoryBytes === null) return [];
  const have = describeBytes(plan.memoryBytes);
  const parts = `${describeBytes(need.weightBytes)} of weights and ${describeBytes(need.kvBytes)} of KV cache`;
  if (need.leastBytes > plan.memoryBytes) {
    const least = describeBytes(need.leastBytes);
    return [
      failed(
        'memory',
        `One replica needs at least ${least}, and ${have} are there: choose a smaller model or context.`,
      ),
    ];
  }
  if (need.totalBytes > plan.memoryBytes) {
    const total = describeBytes(need.totalBytes);
    return [
      warning(
        'memory',
        `${parts} take ${total}, and ${have} are there: fewer than ${plan.maxConcurrency} long requests run at once.`,
      ),
    ];
  }
  return [ok('memory', `One replica takes ${describeBytes(need.totalBytes)} (${parts}) of ${have}.`)];
}

function checkSlots({ flavor, quota, slotsPerReplica }: DeploymentPlan, slots: number): PreflightCheck[] {
  if (flavor === null) return [];
  const checks: PreflightCheck[] = [];
  if (slotsPerReplica > flavor.totalSlots) {
    checks.push(
      failed(
        'capacity',
        `One replica asks for ${slotsPerReplica} ${flavor.name} slots and the cluster has ${flavor.totalSlots}.`,
      ),
    );
  } else if (slots > flavor.totalSlots) {
    checks.push(
      warning(
        'capacity',
        `The cluster has ${flavor.totalSlots} ${flavor.name} slots: not all replicas can run at once.`,
      ),
    );
  }
  if (quota === null) return checks;
  if (!quota.isAllowed) return [...checks, failed('quota', quota.message)];
  return [...checks, ok('quota', `${slots} ${flavor.name} slots; ${quota.remainingSlots} granted ones stay free.`)];
}
