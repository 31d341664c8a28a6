import type { InputOf, OutputOf, ProcedureContract } from '@slipway/domain';
import { z } from 'zod';
import { CliError, kindOfStatus } from './cli-error.ts';

/** Call runs one verb of the platform over REST. */
export type Call = <C extends ProcedureContract>(contract: C, input: InputOf<C>) => Promise<OutputOf<C>>;

const errorSchema = z.object({ message: z.string() });

/** createCall makes a Call to the portal at `url`; a null token is for public verbs. */
export function createCall(options: { url: string; token: string | null }): Call {
  return async (contract, input) => {
    const checked = contract.input.safeParse(input);
    if (!checked.success) throw new CliError('invalid', describeIssues(checked.error));
    const request = toRequest(contract, checked.data as Record<string, unknown>);
    const response = await send(options, contract.method, request);
    const text = await response.text();
    const body = parseJson(text);
    if (!response.ok) throw refused(response.status, body, text);
    const output = contract.output.safeParse(body);
    if (output.success) return output.data as OutputOf<typeof contract>;
    const issue = describeIssues(output.error);
    throw new CliError('unexpected', `The portal's answer is not understood (${issue}). Is this CLI of its version?`);
  };
}

interface RestRequest {
  path: string;
  body: string | undefined;
}

/** toRequest spreads an input over path, query and body as the REST API takes it. */
export function toRequest(contract: ProcedureContract, input: Record<string, unknown>): RestRequest {
  const rest = { ...input };
  const path = contract.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(String(value));
  });
  if (contract.method !== 'GET' && contract.method !== 'DELETE') return { path, body: JSON.stringify(rest) };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value));
  return { path: query.size === 0 ? path : `${path}?${query}`, body: undefined };
}

async function send(
  { url, token }: { url: string; token: string | null },
  method: string,
  request: RestRequest,
): Promise<Response> {
  const headers = {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  try {
    return await fetch(`${url}/api/v1${request.path}`, { method, headers, body: request.body ?? null });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** unreachable says that nobody answers at an address. */
export function unreachable(url: string, error: unknown): CliError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new CliError('unavailable', `${url} does not answer (${cause}). Is Slipway running there?`);
}

function refused(status: number, body: unknown, text: string): CliError {
  const parsed = errorSchema.safeParse(body);
  const message = parsed.success ? parsed.data.message : text.slice(0, 300) || `HTTP ${status}`;
  const hint = status === 401 ? ' Sign in with `slipway login`.' : '';
  return new CliError(kindOfStatus(status), `${message}${hint}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join(' ');
}
