import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliEnvironment } from '../env.ts';
import { runCli } from '../run-cli.ts';

/** CliResult is what a command line did. */
export interface CliResult {
  code: number;
  out: string;
  notes: string;
}

/** CliRunner runs command lines against a portal as somebody of the team `vision`. */
export interface CliRunner {
  run(...args: string[]): Promise<CliResult>;
  environment: CliEnvironment;
  /** lines are what is typed, one for each question. */
  lines: string[];
  /** piped is standard input; null is a terminal. */
  piped: string | null;
}

/** createRunner makes a runner with a configuration directory of its own. */
export function createRunner(url: string, environment: Partial<CliEnvironment> = {}): CliRunner {
  const runner: CliRunner = {
    environment: {
      url,
      token: 'slpat_test',
      team: 'vision',
      apiKey: undefined,
      gatewayUrl: undefined,
      configPath: join(mkdtempSync(join(tmpdir(), 'slipway-cli-')), 'slipway', 'config.json'),
      ...environment,
    },
    lines: [],
    piped: null,
    async run(...args) {
      const result = { code: 0, out: '', notes: '' };
      const io = {
        out: (text: string) => {
          result.out += text;
        },
        note: (text: string) => {
          result.notes += `${text}\n`;
        },
        progress: () => undefined,
        readLine: async () => runner.lines.shift() ?? null,
        readSecret: async () => runner.lines.shift() ?? '',
        readAll: async () => runner.piped,
      };
      result.code = await runCli(args, {
        environment: runner.environment,
        io,
        pause: async () => undefined,
        now: () => new Date('2026-06-30T12:00:00Z'),
      });
      return result;
    },
  };
  return runner;
}
