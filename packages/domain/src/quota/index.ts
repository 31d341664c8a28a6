export * from './contract.ts';
export * from './decide-request.ts';
export * from './decide-slots.ts';
