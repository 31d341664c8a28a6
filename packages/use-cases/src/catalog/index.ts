export * from './list-clusters.ts';
export * from './list-templates.ts';
export * from './register-cluster.ts';
