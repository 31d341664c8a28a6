import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

/** TestDatabase is a database of one test; close drops it. */
export interface TestDatabase {
  url: string;
  close(): Promise<void>;
}

// One key for all workers of a run: only one of them prepares the template.
const TEMPLATE_LOCK = 7_310_001;

/**
 * openTestDatabase gives a fresh copy of a template database that `prepare` (the migrations) filled once per test run.
 * Tests that prepare something else name another template. Throws when the template cannot be prepared.
 */
export async function openTestDatabase(
  prepare: (url: string) => Promise<void>,
  template = 'slipway_template',
): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${template}_preparing`);
      await prepare(databaseUrl(serverUrl, `${template}_preparing`));
      await client.query(`ALTER DATABASE ${template}_preparing RENAME TO ${template}`);
    }
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: databaseUrl(serverUrl, name),
    close: () =>
      withClient(serverUrl, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
