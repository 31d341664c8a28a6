import { installOnce, runMain } from './bootstrap.mjs';

await installOnce();
await runMain('test.ts', process.argv.slice(2));
