#!/usr/bin/env node
import { setTimeout as pause } from 'node:timers/promises';
import { readEnvironment } from './env.ts';
import { createTerminal } from './output/terminal.ts';
import { runCli } from './run-cli.ts';

// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
process.exitCode = await runCli(process.argv.slice(2), {
  environment: readEnvironment(),
  io: createTerminal(),
  pause: (millis) => pause(millis),
  now: () => new Date(),
});
