export * from './contract.ts';
export * from './decide-rollout.ts';
