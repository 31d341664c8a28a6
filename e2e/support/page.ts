import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** signIn signs a person in through the form. */
export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
  await expect(page.getByRole('main')).toBeVisible();
}

/** expectAccessible runs axe on the page in both themes and fails with what it found. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const result = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    const findings = result.violations.map(
      ({ id, nodes }) => `${id} (${colorScheme}): ${nodes.map((node) => node.target.join(' ')).join('; ')}`,
    );
    expect(findings, page.url()).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
