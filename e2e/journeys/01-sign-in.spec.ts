import { expect, test } from '@playwright/test';
import { readE2eConfig } from '../env.ts';
import { MEMBER, TEAM } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';

const config = readE2eConfig();

test('a wrong password is refused in words and nothing that was typed is lost', async ({ page }) => {
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(config.adminEmail);
  await page.getByLabel('Password').fill('not-the-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').first()).toContainText(/password/i);
  await expect(page.getByLabel('E-mail')).toHaveValue(config.adminEmail);
  await expectAccessible(page);
});

test('a page of the portal asks a stranger to sign in and then goes on there', async ({ page }) => {
  await page.goto('/teams/platform/endpoints');
  await expect(page).toHaveURL(/\/login/);
  await page.getByLabel('E-mail').fill(config.adminEmail);
  await page.getByLabel('Password').fill(config.adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/teams\/platform\/endpoints/);
});

test('the administrator makes a team and invites a person, who joins with the link', async ({ page, browser }) => {
  await signIn(page, config.adminEmail, config.adminPassword);
  await expectAccessible(page);

  await page.goto('/admin/teams?create=true');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(TEAM.name);
  await dialog.getByRole('button', { name: 'Create team' }).click();
  await expect(page).toHaveURL(/\/teams\/vision/);

  await page.goto(`/teams/${TEAM.slug}/members`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Invite person' }).first().click();
  await page.getByRole('dialog').getByLabel('E-mail').fill(MEMBER.email);
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByLabel('Invitation link').inputValue();

  const other = await browser.newContext();
  const guest = await other.newPage();
  await guest.goto(new URL(link).pathname);
  await expect(guest.getByRole('heading', { name: `Join ${TEAM.name}` })).toBeVisible();
  await expectAccessible(guest);
  await guest.getByLabel('Your name').fill(MEMBER.name);
  await guest.getByLabel('Password').fill(MEMBER.password);
  await guest.getByRole('button', { name: 'Create account and join' }).click();
  await expect(guest).toHaveURL(/\/teams\/vision\/quota/);
  await expect(guest.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  const foreign = await guest.goto('/teams/platform/members');
  expect(foreign?.status()).toBe(404);
  await other.close();

  await page.reload();
  await expect(page.getByRole('cell', { name: MEMBER.email })).toBeVisible();
});
