import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { openCompany, TEAM } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';

const config = readE2eConfig();
const TEAM_PAGES = [
  'playground',
  'models',
  'training',
  'training/new',
  'datasets',
  'endpoints',
  'endpoints/new',
  'quota',
  'costs',
  'keys',
  'members',
];
const PAGES = [
  '/',
  '/requests',
  '/costs',
  '/settings/tokens',
  '/settings/password',
  ...['teams', 'people', 'clusters', 'prices', 'templates', 'audit'].map((page) => `/admin/${page}`),
  ...TEAM_PAGES.map((page) => `/teams/${TEAM.slug}/${page}`),
];

test.beforeAll(async () => {
  await openCompany();
});

for (const [device, viewport] of [
  ['a desk', { width: 1440, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const) {
  test(`every page on ${device} has a heading, fits and is accessible in both themes`, async ({ browser }) => {
    test.setTimeout(600_000);
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await signIn(page, config.adminEmail, config.adminPassword);
    for (const path of PAGES) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      if (device === 'a phone') await expectAccessible(page);
    }
    expect(errors).toEqual([]);
    await context.close();
  });
}

test('every process tells its health and its metrics', async ({ request }) => {
  for (const base of [config.portalUrl, config.gatewayUrl, `http://localhost:${config.workerPort}`]) {
    expect((await request.get(`${base}/healthz`)).status(), base).toBe(200);
    const metrics = await request.get(`${base}/metrics`);
    expect(metrics.status(), base).toBe(200);
    expect(await metrics.text(), base).toContain('# TYPE');
  }
});

test('the REST API describes itself', async ({ request }) => {
  const document = await (await request.get(`${config.portalUrl}/api/v1/openapi.json`)).json();
  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths)).toContain('/teams/{team}/endpoints');
});
