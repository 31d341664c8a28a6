export { boot as register } from './server/boot/env.ts';
