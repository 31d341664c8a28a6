import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Company, MEMBER, openCompany, starterVersion, TEAM, waitStatus } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';
import { enginePidOn } from '../support/processes.ts';
import { waitFor } from '../support/rest.ts';
import { uploadBytes } from '../support/upload.ts';

const TINY = join(import.meta.dirname, '../../packages/engine/tiny-base/slipway-tiny.gguf');
const NAME = 'served';
let company: Company;

test.beforeAll(async () => {
  company = await openCompany();
  await starterVersion(company);
});

interface Endpoint {
  status: string;
  condition: { message: string } | null;
  replicas: { status: string; address: string; restarts: number; condition: { message: string } | null }[];
}

const endpoint = (name: string) => company.member.get<Endpoint>(`/teams/${TEAM.slug}/endpoints/${name}`);

test('an endpoint deployed from the golden path goes from pending to ready', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/endpoints`);
  await expectAccessible(page);
  await page.goto(`/teams/${TEAM.slug}/endpoints/new`);
  const form = page.getByRole('form', { name: 'New endpoint' });
  const version = form.getByLabel('Model version').locator('option', { hasText: 'tiny' }).first();
  await version.waitFor({ state: 'attached' });
  await form.getByLabel('Model version').selectOption({ label: (await version.textContent()) ?? '' });
  await form.getByLabel('Endpoint name').fill(NAME);
  await expectAccessible(page);
  await form.getByRole('button', { name: /^Deploy/ }).click();
  await expect(page.getByRole('heading', { name: NAME, exact: true })).toBeVisible();
  await expect(page.getByText('ready', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
});

for (const tab of ['rollout', 'metrics', 'logs', 'activity', 'settings']) {
  test(`the endpoint's ${tab} are there`, async ({ page }) => {
    await signIn(page, MEMBER.email, MEMBER.password);
    await page.goto(`/teams/${TEAM.slug}/endpoints/${NAME}?tab=${tab}`);
    await expect(page.getByRole('link', { name: new RegExp(tab, 'i') }).first()).toBeVisible();
    await expectAccessible(page);
  });
}

test('a killed engine comes back by itself', async () => {
  const before = (await endpoint(NAME)).replicas[0];
  process.kill(enginePidOn(before?.address ?? ''), 'SIGKILL');
  await waitFor('the engine to come back', async () => {
    const replica = (await endpoint(NAME)).replicas[0];
    return replica?.status === 'ready' && replica.restarts > (before?.restarts ?? 0);
  });
});

test('scaling to 0 pauses it, and up again serves', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/endpoints/${NAME}?tab=settings`);
  const form = page.getByRole('form', { name: 'Scale endpoint' });
  await form.getByLabel('Replicas').fill('0');
  await form.getByRole('button').last().click();
  await waitStatus(company, NAME, 'paused');
  await form.getByLabel('Replicas').fill('1');
  await form.getByRole('button').last().click();
  await waitStatus(company, NAME, 'ready');
});

test('a model that cannot load shows why and is not started hot', async () => {
  const bytes = readFileSync(TINY);
  // The header stays right, so that it is registered; an unknown architecture cannot be loaded.
  const at = bytes.indexOf('general.architecture') + 'general.architecture'.length + 4 + 8;
  bytes.write('xlama', at);
  const uploadId = await uploadBytes(company.member, bytes, 'broken.gguf');
  const { id } = await company.member.post<{ id: string }>(`/teams/${TEAM.slug}/models/broken/versions`, {
    source: { kind: 'upload', uploadId },
  });
  await waitFor(
    'the import',
    async () => (await company.member.get<{ status: string }>(`/teams/${TEAM.slug}/versions/${id}`)).status === 'ready',
  );
  await company.member.post(`/teams/${TEAM.slug}/endpoints`, { name: 'broken', versionId: id });
  const failed = await waitFor('the reason', async () => {
    const now = await endpoint('broken');
    return /architecture/i.test(`${now.condition?.message} ${now.replicas[0]?.condition?.message}`) && now;
  });
  expect(failed.replicas[0]?.restarts ?? 0).toBeLessThan(5);
  await company.member.send('DELETE', `/teams/${TEAM.slug}/endpoints/broken?confirm=broken`);
});

test('deleting asks for the name and frees it', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/endpoints/${NAME}?tab=settings`);
  await page.getByRole('button', { name: 'Delete endpoint' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Delete endpoint' })).toBeDisabled();
  await dialog.getByRole('textbox').fill(NAME);
  await dialog.getByRole('button', { name: 'Delete endpoint' }).click();
  await expect(page).toHaveURL(/\/endpoints$/);
  await expect(endpoint(NAME)).rejects.toThrow(/404/);
});
