export * from './get-rollout.ts';
export * from './promote-canary.ts';
export * from './rollback-canary.ts';
export * from './set-canary-percent.ts';
export * from './start-canary.ts';
