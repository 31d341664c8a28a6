import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Company, MEMBER, openCompany, starterVersion, TEAM } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';

const SAMPLE = join(import.meta.dirname, '../../packages/engine/tiny-base/sample-dataset.txt');
let company: Company;

test.beforeAll(async () => {
  company = await openCompany();
  await starterVersion(company);
});

interface Run {
  id: string;
  name: string;
  status: string;
  initialValidationLoss: number;
  validationLoss: number;
  outputVersionId: string;
}

test('a fine-tune launched from the golden path learns, and its version knows where it came from', async ({ page }) => {
  test.setTimeout(300_000);
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/datasets`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New data set' }).first().click();
  const dataForm = page.getByRole('form', { name: 'New data set' });
  await dataForm.locator('input[type=file]').setInputFiles(SAMPLE);
  await dataForm.getByLabel('Data set name').fill('manners');
  await expect(dataForm.getByRole('button', { name: 'Create data set' })).toBeEnabled();
  await dataForm.getByRole('button', { name: 'Create data set' }).click();
  await expect(dataForm).toBeHidden();

  await page.goto(`/teams/${TEAM.slug}/training/new`);
  const form = page.getByRole('form', { name: 'New training run' });
  await form
    .getByLabel('Base version')
    .selectOption({ label: await optionWith(form.getByLabel('Base version'), 'tiny') });
  await form.getByLabel('Data set').selectOption({ label: await optionWith(form.getByLabel('Data set'), 'manners') });
  await form.getByLabel('Run name').fill('polite');
  await form.getByLabel('Output model').fill('polite');
  await expect(page.getByText(/quota/i).first()).toBeVisible();
  await expectAccessible(page);
  await form.getByRole('button', { name: /^Launch/ }).click();

  await expect(page.getByRole('heading', { name: 'polite' })).toBeVisible();
  await expect(page.getByText('succeeded').first()).toBeVisible({ timeout: 240_000 });
  await expectAccessible(page);

  const { items } = await company.member.get<{ items: Run[] }>(`/teams/${TEAM.slug}/runs`);
  const run = items.find((each) => each.name === 'polite');
  expect(run?.validationLoss).toBeLessThan((run?.initialValidationLoss ?? 0) * 0.95);
  const metrics = await company.member.get<{ items: unknown[] }>(`/teams/${TEAM.slug}/runs/${run?.id}/metrics`);
  expect(metrics.items.length).toBeGreaterThan(3);
  const version = await company.member.get<{ lineage: Record<string, unknown> }>(
    `/teams/${TEAM.slug}/versions/${run?.outputVersionId}`,
  );
  expect(version.lineage).toMatchObject({
    runName: 'polite',
    datasetName: 'manners',
    templateId: 'fine-tune-small-lm',
  });
  expect(version.lineage.datasetDigest).toMatch(/^sha256:/);
});

test('a run that is cancelled ends within seconds and makes no version', async ({ page }) => {
  const base = await starterVersion(company);
  const datasets = await company.member.get<{ items: { id: string; name: string }[] }>(`/teams/${TEAM.slug}/datasets`);
  const run = await company.member.post<Run>(`/teams/${TEAM.slug}/runs`, {
    name: `stopped-${Date.now()}`,
    template: 'fine-tune-small-lm',
    baseVersionId: base.id,
    datasetId: datasets.items.find((each) => each.name === 'manners')?.id,
    outputModel: 'stopped',
    params: { epochs: 20 },
  });
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/training/${run.id}`);
  await expect(page.getByText('running').first()).toBeVisible({ timeout: 60_000 });
  await page
    .getByRole('button', { name: /^Cancel/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
  await expect(page.getByText('cancelled').first()).toBeVisible({ timeout: 10_000 });
  const after = await company.member.get<Run>(`/teams/${TEAM.slug}/runs/${run.id}`);
  expect(after.outputVersionId).toBeNull();
});

async function optionWith(select: import('@playwright/test').Locator, text: string): Promise<string> {
  const option = select.locator('option', { hasText: text }).first();
  await option.waitFor({ state: 'attached' });
  return (await option.textContent()) ?? '';
}
