import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { type Company, MEMBER, openCompany, starterVersion, TEAM } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';
import { waitFor } from '../support/rest.ts';

const config = readE2eConfig();
let company: Company;

test.beforeAll(async () => {
  company = await openCompany(0);
});

interface Quota {
  items: { flavor: string; grantedSlots: number; usedSlots: number; grants: { id: string; status: string }[] }[];
}

async function cpuQuota() {
  const quota = await company.member.get<Quota>(`/teams/${TEAM.slug}/quota`);
  return quota.items.find((item) => item.flavor === 'cpu') ?? { grantedSlots: 0, usedSlots: 0, grants: [] };
}

test('the cluster page shows what this machine has', async ({ page }) => {
  await signIn(page, config.adminEmail, config.adminPassword);
  await page.goto('/admin/clusters');
  await expect(page.getByText('cpu', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/cores/).first()).toBeVisible();
  await expectAccessible(page);
});

test('deploying beyond quota says what is used, what is granted and how to ask for more', async () => {
  const version = await starterVersion(company);
  const { grantedSlots } = await cpuQuota();
  const deploy = company.member.post(`/teams/${TEAM.slug}/endpoints`, {
    name: 'too-large',
    versionId: version.id,
    slotsPerReplica: grantedSlots + 1,
  });
  await expect(deploy).rejects.toThrow(/409.*uses \d+ of \d+ granted cpu slots.*quota request/s);
});

test('a member asks, the administrator sees the evidence and approves, and the grant holds within a second', async ({
  page,
  browser,
}) => {
  const before = await cpuQuota();
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/quota`);
  await page.getByRole('button', { name: 'Request quota' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Flavour').selectOption('cpu');
  await dialog.getByLabel('Slots').fill('4');
  await dialog.getByLabel('For how long').fill('2');
  await dialog.getByLabel('Purpose').fill('Serve the assistant to the vision team');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('row', { name: /Serve the assistant/ })).toContainText('pending');

  const office = await browser.newContext();
  const admin = await office.newPage();
  await signIn(admin, config.adminEmail, config.adminPassword);
  await admin.goto('/requests');
  await expectAccessible(admin);
  await admin
    .getByRole('row', { name: /Serve the assistant/ })
    .getByRole('link')
    .first()
    .click();
  await expect(admin.getByRole('heading', { name: 'Evidence' })).toBeVisible();
  await expectAccessible(admin);
  await admin.getByLabel('Comment').fill('Fine for the pilot');
  await admin.getByRole('button', { name: /^Approve/ }).click();
  await waitFor('the grant', async () => (await cpuQuota()).grantedSlots === before.grantedSlots + 4, 1_000);
  await office.close();

  await expect(page.getByRole('row', { name: /Serve the assistant/ })).toContainText('succeeded', { timeout: 5_000 });
  await expectAccessible(page);
});

test('a rejection needs a reason and the team reads it', async ({ page }) => {
  const { id } = await company.member.post<{ id: string }>(`/teams/${TEAM.slug}/quota/requests`, {
    flavor: 'cpu',
    slots: 900,
    durationHours: 1,
    purpose: 'A request that is far too large',
  });
  await signIn(page, config.adminEmail, config.adminPassword);
  await page.goto(`/requests/${id}`);
  await page.getByRole('button', { name: /^Reject/ }).click();
  await expect(page.getByText(/Say why/)).toBeVisible();
  await page.getByLabel('Comment').fill('The machine does not have that many');
  await page.getByRole('button', { name: /^Reject/ }).click();
  const requests = await waitFor('the rejection', async () => {
    const answer = await company.member.get<{ items: { id: string; status: string; comment: string }[] }>(
      `/teams/${TEAM.slug}/quota/requests`,
    );
    return answer.items.find((request) => request.id === id && request.status === 'failed');
  });
  expect(requests.comment).toContain('does not have that many');
});

test('a grant that is ended gives its slots back', async () => {
  const before = await cpuQuota();
  const request = await company.member.post<{ id: string }>(`/teams/${TEAM.slug}/quota/requests`, {
    flavor: 'cpu',
    slots: 1,
    durationHours: 1,
    purpose: 'short',
  });
  const { grantId } = await company.admin.post<{ grantId: string }>(`/quota/requests/${request.id}/approve`);
  expect((await cpuQuota()).grantedSlots).toBe(before.grantedSlots + 1);
  await company.admin.send('DELETE', `/quota/grants/${grantId}`);
  expect((await cpuQuota()).grantedSlots).toBe(before.grantedSlots);
});
