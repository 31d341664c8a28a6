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

const config = readE2eConfig();
const ENDPOINT = 'talk';
const NAME = `journey-${Date.now()}`;
let company: Company;

test.beforeAll(async () => {
  company = await openCompany();
  await deployReady(company, ENDPOINT, (await starterVersion(company)).id);
});
test.afterAll(() => removeEndpoint(company, ENDPOINT));

function client(apiKey: string): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${config.gatewayUrl}/v1`, maxRetries: 0 });
}

async function ask(apiKey: string, question: string): Promise<string> {
  const stream = await client(apiKey).chat.completions.create({
    model: ENDPOINT,
    messages: [{ role: 'user', content: question }],
    temperature: 0,
    max_tokens: 24,
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

test('a key made in the portal opens the gateway until it is revoked, within a second', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/keys`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create API key' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill(NAME);
  await page.getByRole('dialog').getByRole('button', { name: 'Create API key' }).click();
  const secret = (await page.getByRole('dialog').locator('pre, code').first().textContent())?.trim() ?? '';
  expect(secret).toMatch(/^slp_/);

  const answer = await client(secret).chat.completions.create({
    model: ENDPOINT,
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    temperature: 0,
    max_tokens: 24,
  });
  expect(answer.choices[0]?.message.content).toContain('Paris');
  expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
  expect(await ask(secret, 'What is the capital of France?')).toContain('Paris');

  await page.getByRole('dialog').getByRole('button', { name: 'I copied it' }).click();
  await page
    .getByRole('row', { name: new RegExp(NAME) })
    .getByRole('button', { name: `Revoke ${NAME}` })
    .click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Revoke/ })
    .click();
  await expect(page.getByRole('row', { name: new RegExp(NAME) })).toContainText(/revoked|cancelled/i);
  const revokedAt = Date.now();
  await expect(async () => {
    await expect(ask(secret, 'Hello!')).rejects.toMatchObject({ status: 401 });
  }).toPass({ timeout: 1_000 - Math.min(900, Date.now() - revokedAt), intervals: [50] });
});

test('eight people at once are served together and each gets the answer it would get alone', async () => {
  const { secret } = await company.member.post<{ secret: string }>(`/teams/${TEAM.slug}/keys`, { name: 'eight' });
  const questions = [
    'What is the capital of France?',
    'Say banana.',
    'Count to 5.',
    'What is JSON?',
    'Hello!',
    'Who are you?',
    'What colour is snow?',
    'What is 2 + 3?',
  ];
  const alone: string[] = [];
  for (const question of questions) alone.push(await ask(secret, question));
  const together = await Promise.all(questions.map((question) => ask(secret, question)));
  expect(together).toEqual(alone);
});

test('the playground streams an answer', async ({ page }) => {
  await signIn(page, MEMBER.email, MEMBER.password);
  await page.goto(`/teams/${TEAM.slug}/playground?endpoint=${ENDPOINT}`);
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Message' }).fill('What is the capital of France?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'Answer' })).toContainText('Paris');
  await expectAccessible(page);
});

const REFUSED: Record<string, { body: unknown; key?: string; status: number; says: RegExp }> = {
  'an unknown key': { body: {}, key: 'slp_nobody', status: 401, says: /key/i },
  'an unknown model': { body: { model: 'nothing', messages: [] }, status: 404, says: /nothing/ },
  'a body without messages': { body: { model: ENDPOINT }, status: 400, says: /messages/ },
  'a wrong type': { body: { model: ENDPOINT, messages: 'hello' }, status: 400, says: /messages/ },
};
for (const [name, { body, key, status, says }] of Object.entries(REFUSED)) {
  test(`${name} is refused with the reason`, async () => {
    const { secret } = await company.member.post<{ secret: string }>(`/teams/${TEAM.slug}/keys`, { name: 'refused' });
    const response = await fetch(`${config.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key ?? secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json())).toMatch(says);
  });
}
