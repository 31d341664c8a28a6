import { accessContract } from './access/contract.ts';
import { catalogContract } from './catalog/contract.ts';
import { meteringContract } from './metering/contract.ts';
import { quotaContract } from './quota/contract.ts';
import { registryContract } from './registry/contract.ts';
import { rolloutContract } from './rollout/contract.ts';
import { servingContract } from './serving/contract.ts';
import { trainingContract } from './training/contract.ts';

/** CONTRACT is every verb of the platform by noun. */
export const CONTRACT = {
  access: accessContract,
  catalog: catalogContract,
  quota: quotaContract,
  registry: registryContract,
  training: trainingContract,
  serving: servingContract,
  rollout: rolloutContract,
  metering: meteringContract,
};

export * from './kernel/index.ts';
