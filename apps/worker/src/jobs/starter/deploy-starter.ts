import { setTimeout as delay } from 'node:timers/promises';
import type { VersionRecord } from '@slipway/db';
import { DomainError } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import type { Deps } from '@slipway/use-cases/deps';
import { getTeamQuota } from '@slipway/use-cases/quota';
import { deployEndpoint, getEndpoint } from '@slipway/use-cases/serving';
import { TEAM } from './starter-models.ts';

/** SYSTEM is the platform itself, as an actor. */
const SYSTEM: Actor = {
  userId: 'system',
  email: 'system',
  name: 'Slipway',
  platformRole: 'platform_admin',
  memberships: [],
};
const FLAVOR = 'cpu';
/** CONTEXT_TOKENS is enough for a conversation and little memory. */
const CONTEXT_TOKENS = 2_048;
const MAX_CONCURRENCY = 8;
/** ROOMY_SLOTS: from here on the first endpoint may take two slots and still leave most of the grant. */
const ROOMY_SLOTS = 8;
const RETRY_MS = 2_000;
/** MAX_ATTEMPTS bounds the wait for a cluster that is only just being described. */
const MAX_ATTEMPTS = 60;

/** StarterDeployment is the first endpoint. */
export interface StarterDeployment {
  name: string;
  systemMessage: string | undefined;
  version: VersionRecord;
  signal: AbortSignal;
  retryMs: number | undefined;
  onWait: (reason: string) => Promise<void>;
}

/** deployStarter deploys the endpoint unless there is one of that name; it waits while the cluster has no slots yet. */
export async function deployStarter(
  deps: Deps,
  deployment: StarterDeployment,
): Promise<{ kind: 'deployed' } | { kind: 'refused'; reason: string }> {
  const { name, signal, onWait } = deployment;
  let said = '';
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (!(await isDeployed(deps, name))) await deployEndpoint(deps, SYSTEM, await toInput(deps, deployment));
      return { kind: 'deployed' };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (attempt >= MAX_ATTEMPTS) return { kind: 'refused', reason: error.message };
      if (error.message !== said) await onWait(error.message);
      said = error.message;
    }
    await delay(deployment.retryMs ?? RETRY_MS, undefined, { signal });
  }
}

async function isDeployed(deps: Deps, endpoint: string): Promise<boolean> {
  try {
    await getEndpoint(deps, SYSTEM, { team: TEAM, endpoint });
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return false;
    throw error;
  }
}

async function toInput(deps: Deps, { name, version, systemMessage }: StarterDeployment) {
  const quota = await getTeamQuota(deps, SYSTEM, { team: TEAM });
  const granted = quota.items.find((item) => item.flavor === FLAVOR)?.grantedSlots ?? 0;
  return {
    team: TEAM,
    name,
    template: 'llm-endpoint',
    versionId: version.id,
    flavor: FLAVOR,
    replicas: 1,
    slotsPerReplica: granted >= ROOMY_SLOTS ? 2 : 1,
    contextTokens: Math.min(CONTEXT_TOKENS, version.metadata?.contextLength ?? CONTEXT_TOKENS),
    maxConcurrency: MAX_CONCURRENCY,
    visibility: 'organisation' as const,
    systemMessage,
  };
}
