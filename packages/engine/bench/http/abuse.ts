/** Abuse counts how the requests of an attack ended. */
export interface Abuse {
  finished: number;
  cancelled: number;
  malformed: number;
  /** refused malformed requests got a 400 and a reason. */
  refused: number;
  unexpected: number;
}

const USERS = 16;
const SLOW_READER_PIECES = 5;
const WRONG_BODIES: readonly string[] = [
  '{"model": "bench", ',
  '[]',
  '"bench"',
  JSON.stringify({ model: 'bench', prompt: 7 }),
  JSON.stringify({ model: 'bench', prompt: { text: 'a' } }),
  JSON.stringify({ model: 'bench', prompt: 'a', max_tokens: 'many' }),
  JSON.stringify({ model: 'bench', prompt: 'a', max_tokens: -1 }),
  JSON.stringify({ model: 'bench', prompt: 'a', temperature: [0.5] }),
  JSON.stringify({ model: 'bench', prompt: [[1, 'two']] }),
  JSON.stringify({ model: 'bench', prompt: [99_999_999] }),
  JSON.stringify({ model: 'bench', prompt: 'a', stop: 4 }),
  JSON.stringify({ model: ['bench'], prompt: 'a' }),
];

/** abuse sends requests number `from` to `to`: 30 % leave in the middle, 5 % are malformed, and one user reads a piece a second. */
export async function abuse(port: number, from: number, to: number): Promise<Abuse> {
  const url = `http://127.0.0.1:${port}/v1/completions`;
  const outcomes: Abuse = { finished: 0, cancelled: 0, malformed: 0, refused: 0, unexpected: 0 };
  let next = from;
  const user = async () => {
    while (next < to) {
      next += 1;
      await attempt(url, next, outcomes);
    }
  };
  await Promise.all([readSlowly(url, outcomes), ...Array.from({ length: USERS }, user)]);
  return outcomes;
}

async function attempt(url: string, number: number, outcomes: Abuse): Promise<void> {
  if (number % 20 === 7)
    return sendMalformed(url, WRONG_BODIES[Math.floor(number / 20) % WRONG_BODIES.length], outcomes);
  const leaves = number % 10 < 3;
  const controller = new AbortController();
  const prompt = `${number % 3 === 0 ? 'A shared beginning of some length that many ask. ' : ''}Request ${number % 97}`;
  const body = JSON.stringify({ model: 'bench', prompt, stream: true, max_tokens: 24 });
  try {
    const response = await fetch(url, { method: 'POST', body, signal: controller.signal });
    if (!response.ok) throw new Error(await response.text());
    for await (const _ of response.body ?? []) if (leaves) controller.abort();
    outcomes.finished += 1;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') outcomes.cancelled += 1;
    else fail(outcomes, error);
  }
}

async function sendMalformed(url: string, body: string | undefined, outcomes: Abuse): Promise<void> {
  outcomes.malformed += 1;
  try {
    const response = await fetch(url, { method: 'POST', ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (response.status === 400) outcomes.refused += 1;
    else fail(outcomes, `${response.status} for ${body}: ${text.slice(0, 200)}`);
  } catch (error) {
    fail(outcomes, error);
  }
}

/** readSlowly takes one piece a second and leaves before the end; the others must not wait for it. */
async function readSlowly(url: string, outcomes: Abuse): Promise<void> {
  const body = JSON.stringify({ model: 'bench', prompt: 'Slowly', stream: true, max_tokens: 200, ignore_eos: true });
  const controller = new AbortController();
  try {
    const response = await fetch(url, { method: 'POST', body, signal: controller.signal });
    const reader = response.body?.getReader();
    for (let piece = 0; piece < SLOW_READER_PIECES; piece += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await reader?.read();
    }
    controller.abort();
    outcomes.cancelled += 1;
  } catch (error) {
    fail(outcomes, error);
  }
}

function fail(outcomes: Abuse, reason: unknown): void {
  outcomes.unexpected += 1;
  // The first few say enough.
  if (outcomes.unexpected <= 3) console.error('Unexpected:', reason);
}
