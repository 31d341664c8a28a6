export * from './contract.ts';
export * from './workload.ts';
