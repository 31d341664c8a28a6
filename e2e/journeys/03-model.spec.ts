import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { type Company, MEMBER, openCompany, TEAM } from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';
import { Rest } from '../support/rest.ts';
import { uploadBytes } from '../support/upload.ts';

const TINY = join(import.meta.dirname, '../../packages/engine/tiny-base/slipway-tiny.gguf');
let company: Company;

test.beforeAll(async () => {
  company = await openCompany();
});

test('a GGUF uploaded in the browser becomes an immutable version with its metadata', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/models`);
  await expectAccessible(page);
  await page
    .getByRole('button', { name: /^Register/ })
    .first()
    .click();
  const form = page.getByRole('form', { name: 'Register model' });
  await form.locator('input[type=file]').setInputFiles(TINY);
  await form.getByLabel('Model name').fill('assistant');
  await expectAccessible(page);
  await form.getByRole('button', { name: 'Register version' }).click();
  await page.goto(`/teams/${TEAM.slug}/models/assistant`);
  await page.getByRole('row', { name: /1/ }).getByRole('link').first().click();
  await expect(page.getByText('GGUF metadata')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('llama', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/sha256:/).first()).toBeVisible();
  await expect(page.getByText(/im_start/).first()).toBeVisible();
  await expectAccessible(page);
});

test('the same bytes twice are the same version', async () => {
  const register = async () => {
    const uploadId = await uploadBytes(company.member, readFileSync(TINY), 'again.gguf');
    await settled(
      await company.member.post<Version>(`/teams/${TEAM.slug}/models/assistant/versions`, {
        source: { kind: 'upload', uploadId },
      }),
    );
  };
  await register();
  const { versions } = await company.member.get<{ versions: Version[] }>(`/teams/${TEAM.slug}/models/assistant`);
  const digest = `sha256:${createHash('sha256').update(readFileSync(TINY)).digest('hex')}`;
  expect(versions.filter((version) => version.digest === digest)).toHaveLength(1);
});

interface Version {
  id: string;
  digest: string | null;
  status: string;
  condition: { message: string } | null;
}

/** settled waits until an import has ended; one whose bytes were there already is cancelled and says which version has them. */
async function settled(version: Version): Promise<Version | null> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const now = await company.member.get<Version>(`/teams/${TEAM.slug}/versions/${version.id}`).catch(() => null);
    if (now === null || ['ready', 'failed', 'cancelled'].includes(now.status)) return now;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the import did not end');
}

const tiny = readFileSync(TINY);
const lying = Buffer.from(tiny);
lying.writeBigUInt64LE(2n ** 60n, 8);
const BAD: Record<string, { bytes: Buffer; says: RegExp }> = {
  'not a GGUF': { bytes: Buffer.from('this is no model at all, only text'.repeat(100)), says: /GGUF/ },
  'a truncated file': { bytes: tiny.subarray(0, tiny.length - 100_000), says: /truncated|bytes/i },
  'a lying header': { bytes: lying, says: /tensor|header|count/i },
  'a compressed file': { bytes: gzipSync(tiny), says: /compress/i },
};
for (const [name, { bytes, says }] of Object.entries(BAD)) {
  test(`${name} is refused with the reason`, async () => {
    const model = `bad-${name.replaceAll(' ', '-').toLowerCase()}`;
    const uploadId = await uploadBytes(company.member, bytes, 'bad.gguf');
    const version = await settled(
      await company.member.post<Version>(`/teams/${TEAM.slug}/models/${model}/versions`, {
        source: { kind: 'upload', uploadId },
      }),
    );
    expect(version?.status).toBe('failed');
    expect(version?.condition?.message).toMatch(says);
  });
}

test('a name with ../ is refused at the upload', async () => {
  await expect(uploadBytes(company.member, Buffer.from('x'), '../../etc/passwd')).rejects.toThrow(/4\d\d/);
});

test('another team’s version is not found', async () => {
  const { versions } = await company.member.get<{ versions: Version[] }>(`/teams/${TEAM.slug}/models/assistant`);
  await company.admin.post('/teams', { name: 'Robots', slug: 'robots' }).catch(() => undefined);
  const { acceptPath } = await company.admin
    .post<{ acceptPath: string }>('/teams/robots/invitations', { email: 'karel@example.com' })
    .catch(() => ({ acceptPath: '' }));
  if (acceptPath !== '')
    await company.admin.post(`/invitations/${acceptPath.split('/').at(-1)}/accept`, {
      name: 'Karel',
      password: 'rossums-universal',
    });
  const stranger = await Rest.signIn('karel@example.com', 'rossums-universal');
  await expect(stranger.get(`/teams/robots/versions/${versions[0]?.id}`)).rejects.toThrow(/404/);
  await expect(stranger.get(`/teams/${TEAM.slug}/models`)).rejects.toThrow(/404/);
});
