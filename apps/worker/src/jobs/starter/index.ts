export { runStarter, STARTER_MODES, type StarterOptions } from './run-starter.ts';
