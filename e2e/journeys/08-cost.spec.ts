import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { type Company, openCompany } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';
import { Rest, waitFor } from '../support/rest.ts';

const config = readE2eConfig();
let company: Company;
const today = () => new Date().toISOString().slice(0, 10);

interface Costs {
  totalMicros: number;
  rows: {
    label: string;
    totalMicros: number;
    slotMicros: number;
    tokenMicros: number;
    slotSeconds: number;
    promptTokens: number;
    completionTokens: number;
  }[];
}
const costs = (groupBy: string) => company.admin.get<Costs>(`/costs?from=${today()}&to=${today()}&groupBy=${groupBy}`);

test.beforeAll(async () => {
  company = await openCompany();
  const { secret } = await company.admin.post<{ secret: string }>('/teams/platform/keys', { name: 'cost' });
  for (let request = 0; request < 3; request++) {
    const response = await fetch(`${config.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'platform/tiny', max_tokens: 8, messages: [{ role: 'user', content: 'Hello!' }] }),
    });
    expect(response.status).toBe(200);
  }
  await waitFor('slots and tokens in the ledger', async () => {
    const { rows } = await costs('team');
    const platform = rows.find((row) => row.label === 'platform' || row.label === 'Platform');
    return platform !== undefined && platform.completionTokens > 0 && platform.slotSeconds > 0;
  });
});

test('cost is the same total however it is grouped', async () => {
  const totals = await Promise.all(
    ['team', 'endpoint', 'modelVersion', 'kind', 'day'].map(async (groupBy) => (await costs(groupBy)).totalMicros),
  );
  // Slots are metered on while this runs, so the totals may only grow, and by little.
  expect(Math.max(...totals) - Math.min(...totals)).toBeLessThan(2_000);
});

test('FinOps reads cost as a chart, a table that adds up and CSV', async ({ page }) => {
  await signIn(page, config.adminEmail, config.adminPassword);
  await page.goto('/costs');
  await expect(page.getByRole('table', { name: 'Costs' })).toBeVisible();
  await expectAccessible(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /CSV/ }).click(),
  ]);
  const csv = readFileSync(await download.path(), 'utf8');
  expect(csv.split('\r\n').length).toBeGreaterThan(1);
  expect(csv).toMatch(/platform/i);
});

test('a new price holds from now on and never changes the past', async ({ page }) => {
  const before = await company.admin.get<{ items: { requestId: string; cost: string }[] }>('/usage?limit=3');
  await signIn(page, config.adminEmail, config.adminPassword);
  await page.goto('/admin/prices');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Set price' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Price for').selectOption('completion_tokens');
  await dialog.getByLabel('Price', { exact: true }).fill('9.99');
  await dialog.getByRole('button', { name: 'Set price' }).click();
  await expect(page.getByRole('table', { name: 'Prices' })).toContainText('9.99');
  const after = await company.admin.get<{ items: { requestId: string; cost: string }[] }>('/usage?limit=200');
  for (const { requestId, cost } of before.items) {
    expect(after.items.find((item) => item.requestId === requestId)?.cost).toBe(cost);
  }
  await expect(
    company.admin.post('/prices', { kind: 'prompt_tokens', amountMicros: 1, effectiveFrom: '2020-01-01T00:00:00Z' }),
  ).rejects.toThrow(/400|409/);
});

test('the audit trail tells who did what', async ({ page }) => {
  await signIn(page, config.adminEmail, config.adminPassword);
  await page.goto('/admin/audit');
  await expect(page.getByText(config.adminEmail).first()).toBeVisible();
  await expectAccessible(page);
});

test('a FinOps person reads all costs and sets prices, and decides on no quota', async ({ page }) => {
  const person = { email: `grace-${Date.now()}@example.com`, password: 'nanoseconds-of-wire' };
  const { acceptPath } = await company.admin.post<{ acceptPath: string }>('/teams/platform/invitations', {
    email: person.email,
  });
  await company.admin.post(`/invitations/${acceptPath.split('/').at(-1)}/accept`, {
    name: 'Grace',
    password: person.password,
  });
  const users = await company.admin.get<{ items: { id: string; email: string }[] }>('/users');
  const id = users.items.find((user) => user.email === person.email)?.id;
  await company.admin.send('PATCH', `/users/${id}`, { platformRole: 'finops' });

  const finops = await Rest.signIn(person.email, person.password);
  const all = await finops.get<Costs>(`/costs?from=${today()}&to=${today()}&groupBy=team`);
  expect(all.rows.length).toBeGreaterThan(0);
  await finops.post('/prices', { kind: 'prompt_tokens', amountMicros: 60_000 });
  await expect(finops.post('/quota/requests/any/approve')).rejects.toThrow(/403/);

  await signIn(page, person.email, person.password);
  await expect(page.getByRole('link', { name: 'Prices' })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Requests/ })).toHaveCount(0);
  await page.goto('/costs');
  await expect(page.getByRole('table', { name: 'Costs' })).toBeVisible();
});
