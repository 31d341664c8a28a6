export * from './authenticate-token.ts';
export * from './load-actor.ts';
export * from './seed-first-run.ts';
