export * from './audit.ts';
export * from './database.ts';
export * from './enqueue.ts';
export * from './events.ts';
export * from './locks.ts';
export * from './migrate.ts';
export * from './transaction.ts';
