export * from './contract.ts';
export * from './cursor.ts';
export * from './errors.ts';
export * from './event.ts';
export * from './preflight.ts';
export * from './schemas.ts';
export * from './slug.ts';
export * from './storable.ts';
