import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import OpenAI from 'openai';
import { readE2eConfig } from '../env.ts';
import {
  type Company,
  deployReady,
  MEMBER,
  openCompany,
  removeEndpoint,
  starterVersion,
  TEAM,
} from '../support/company.ts';
import { expectAccessible, signIn } from '../support/page.ts';
import { waitFor } from '../support/rest.ts';
import { uploadBytes } from '../support/upload.ts';

const config = readE2eConfig();
const TINY = join(import.meta.dirname, '../../packages/engine/tiny-base/slipway-tiny.gguf');
const NAME = 'canaried';
let company: Company;
let canaryVersion: { id: string; label: string };
let apiKey: string;

test.beforeAll(async () => {
  company = await openCompany();
  await deployReady(company, NAME, (await starterVersion(company)).id);
  canaryVersion = await fineTuned();
  apiKey = (await company.member.post<{ secret: string }>(`/teams/${TEAM.slug}/keys`, { name: 'canary' })).secret;
});
test.afterAll(() => removeEndpoint(company, NAME));

/** fineTuned is the version that the training journey made, or, run alone, the tiny base registered once more for this team. */
async function fineTuned(): Promise<{ id: string; label: string }> {
  const find = async () => {
    const { items } = await company.member.get<{ items: { id: string; label: string; status: string }[] }>(
      `/teams/${TEAM.slug}/versions`,
    );
    return items.find(
      (version) => /^vision\/(polite|assistant|candidate):/.test(version.label) && version.status === 'ready',
    );
  };
  const found = await find();
  if (found !== undefined) return found;
  const uploadId = await uploadBytes(company.member, readFileSync(TINY), 'candidate.gguf');
  await company.member.post(`/teams/${TEAM.slug}/models/candidate/versions`, { source: { kind: 'upload', uploadId } });
  return waitFor('the candidate', find);
}

/** Traffic sends requests until it is stopped and remembers every failure. */
class Traffic {
  requests = 0;
  failures: string[] = [];
  private isStopped = false;
  private done: Promise<unknown>;

  constructor(parallel: number) {
    this.done = Promise.all(Array.from({ length: parallel }, () => this.loop()));
  }

  private async loop(): Promise<void> {
    const client = new OpenAI({ apiKey, baseURL: `${config.gatewayUrl}/v1`, maxRetries: 0 });
    while (!this.isStopped) {
      try {
        const stream = await client.chat.completions.create({
          model: NAME,
          messages: [{ role: 'user', content: 'Say banana.' }],
          max_tokens: 6,
          stream: true,
        });
        for await (const _ of stream);
      } catch (cause) {
        this.failures.push(String(cause));
      }
      this.requests++;
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.done;
  }
}

interface Rollout {
  status: string;
  stable: { number: number; stats: { requests: number } };
  canary: { number: number; readyReplicas: number; stats: { requests: number; errors: number; ttftP50Ms: number } };
}
const rollout = async () =>
  (await company.member.get<{ rollout: Rollout | null }>(`/teams/${TEAM.slug}/endpoints/${NAME}/rollout`)).rollout;

for (const [decision, button, confirm] of [
  ['rolled back', 'Roll back', 'Roll back canary'],
  ['promoted', 'Promote to 100 %', /^Promote vision/],
] as const) {
  test(`a canary at 10 % is compared and ${decision} with no failed request`, async ({ page }) => {
    test.setTimeout(180_000);
    await signIn(page, MEMBER.email, MEMBER.password);
    await page.goto(`/teams/${TEAM.slug}/endpoints/${NAME}?tab=rollout`);
    const form = page.getByRole('form', { name: 'Start canary' });
    const option = form.getByLabel('Canary version').locator('option', { hasText: canaryVersion.label }).first();
    await option.waitFor({ state: 'attached' });
    await form.getByLabel('Canary version').selectOption({ label: (await option.textContent()) ?? '' });
    await form.getByLabel('Traffic').fill('10');
    const traffic = new Traffic(2);
    await form.getByRole('button', { name: /Start canary/ }).click();

    await expect(page.getByRole('table', { name: 'Comparison of stable and canary' })).toBeVisible();
    const compared = await waitFor('requests on both revisions', async () => {
      const now = await rollout();
      return (
        now !== null && now.canary.stats.requests >= 3 && now.stable.stats.requests > now.canary.stats.requests && now
      );
    });
    expect(compared.canary.stats.errors).toBe(0);
    expect(compared.canary.stats.ttftP50Ms).toBeGreaterThan(0);
    await expectAccessible(page);

    await page.getByRole('button', { name: button }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: confirm }).click();
    await waitFor('the decision', async () => (await rollout()) === null);
    await new Promise((done) => setTimeout(done, 1_000));
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(traffic.requests).toBeGreaterThan(10);

    const winner = decision === 'promoted' ? compared.canary.number : compared.stable.number;
    const before = await newestUsage();
    const client = new OpenAI({ apiKey, baseURL: `${config.gatewayUrl}/v1` });
    await Promise.all(
      Array.from({ length: 8 }, () =>
        client.chat.completions.create({ model: NAME, messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 4 }),
      ),
    );
    const after = await waitFor('the usage', async () => {
      const items = await usage();
      const index = items.findIndex((item) => item.requestId === before);
      return index >= 8 && items.slice(0, 8);
    });
    expect(new Set(after.map((item) => item.revision))).toEqual(new Set([winner]));
  });
}

const usage = async () =>
  (
    await company.member.get<{ items: { requestId: string; revision: number }[] }>(
      `/usage?team=${TEAM.slug}&endpoint=${NAME}`,
    )
  ).items;

async function newestUsage(): Promise<string> {
  let last = '';
  // The ledger is written in batches: the newest row is known once it stays the same.
  return waitFor('the ledger to settle', async () => {
    const newest = (await usage())[0]?.requestId ?? '';
    const isSettled = newest !== '' && newest === last;
    last = newest;
    await new Promise((done) => setTimeout(done, 700));
    return isSettled && newest;
  });
}
