import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../../infra/local/postgres.ts';

/** setup starts one real PostgreSQL for the whole test run; each test gets a database of its own in it. */
export default async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  // Run as root, the server is another user that must reach its files.
  chmodSync(dataDir, 0o711);
  const server = await startEmbeddedPostgres(dataDir);
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
