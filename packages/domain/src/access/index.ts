export * from './attempts.ts';
export * from './contract.ts';
export * from './keys.ts';
export * from './last-admin.ts';
export * from './permissions.ts';
