export * from './back-off.ts';
export * from './contract.ts';
export * from './plan-replicas.ts';
export * from './replica-plan-builder.ts';
export * from './replica-state.ts';
export * from './summarise-endpoint.ts';
export * from './workload-observation.ts';
