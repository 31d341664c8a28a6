import { defineConfig } from '@playwright/test';
import { readE2eConfig } from './env.ts';

const config = readE2eConfig();

/** One real stack for the whole run; the journeys go through it in order, as a company would. */
export default defineConfig({
  testDir: './journeys',
  outputDir: './test-results',
  globalSetup: './stack.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: config.portalUrl,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: config.browser,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
