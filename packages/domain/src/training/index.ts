export * from './contract.ts';
export * from './run-state.ts';
