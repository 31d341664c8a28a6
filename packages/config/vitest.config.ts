import { defineConfig } from 'vitest/config';

const needsPostgres = ['**/*.db.test.ts', '**/*.cluster.test.ts', 'packages/testing/src/*.test.ts'];
const ignored = ['**/node_modules/**', '**/.next/**', 'e2e/**'];

/** Two projects: pure tests start at once; the others get one real PostgreSQL for the whole run. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...ignored, ...needsPostgres],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: needsPostgres,
          exclude: ignored,
          globalSetup: [new URL('../testing/src/global-setup.ts', import.meta.url).pathname],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
