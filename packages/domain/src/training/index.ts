export * from './check-launch.ts';
export * from './contract.ts';
export * from './dataset-file.ts';
export * from './plan-training.ts';
export * from './run-state.ts';
