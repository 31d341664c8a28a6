import { readE2eConfig } from '../env.ts';

const config = readE2eConfig();

/** Rest calls the platform's REST API as one person. */
export class Rest {
  readonly token: string;

  private constructor(token: string) {
    this.token = token;
  }

  /** signIn exchanges e-mail and password for a token. */
  static async signIn(email: string, password: string): Promise<Rest> {
    const answer = await request<{ token: string }>('POST', '/login', { email, password }, undefined);
    return new Rest(answer.token);
  }

  get<T>(path: string): Promise<T> {
    return request<T>('GET', path, undefined, this.token);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return request<T>('POST', path, body, this.token);
  }

  send<T>(method: string, path: string, body: unknown = {}): Promise<T> {
    return request<T>(method, path, body, this.token);
  }
}

async function request<T>(method: string, path: string, body: unknown, token: string | undefined): Promise<T> {
  const response = await fetch(`${config.portalUrl}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json() as Promise<T>;
}

/** waitFor polls until `probe` gives something; it throws `what` and the last answer when the time is over. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let last: unknown; ; ) {
    const value = await probe().catch((cause) => {
      last = cause;
      return undefined;
    });
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${String(last ?? value)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
