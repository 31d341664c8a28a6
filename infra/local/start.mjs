import { installOnce, runMain } from './bootstrap.mjs';

await installOnce();
await runMain('main.ts', process.argv.slice(2));
