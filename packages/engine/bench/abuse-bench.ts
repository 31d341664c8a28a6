import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMet } from './report/bench-row.ts';
import { report } from './report/report.ts';
import { measureAbuse } from './rows/abuse.ts';

// W9 alone, on any model and for as long as --full takes; it fails when the server does not stand it.
const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: path.join(import.meta.dirname, '../tiny-base/slipway-tiny.gguf') },
    threads: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
  },
});
const threads = Number(flags.threads);
const rows = await measureAbuse({ modelPath: flags.model, threads, requests: flags.full ? 10_000 : 2000 });
const model = path.basename(flags.model);
report({ bench: 'engine-abuse', model, threads, runs: 1, isQuick: !flags.full, directory: null }, rows);
if (rows.some((row) => isMet(row) === false)) process.exitCode = 1;
