import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProcedureContract } from '@slipway/domain';
import { accessContract } from '@slipway/domain/access';
import { catalogContract } from '@slipway/domain/catalog';
import { meteringContract } from '@slipway/domain/metering';
import { quotaContract } from '@slipway/domain/quota';
import { registryContract } from '@slipway/domain/registry';
import { rolloutContract } from '@slipway/domain/rollout';
import { servingContract } from '@slipway/domain/serving';
import { trainingContract } from '@slipway/domain/training';
import { sampleOutput } from './sample.ts';

/** RestCall is one request that the portal saw. */
export interface RestCall {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  authorization: string | undefined;
  headers: Record<string, string | string[] | undefined>;
}

/** FakePortal answers every verb of the platform with a valid sample, or as a test says. */
export interface FakePortal {
  url: string;
  calls: RestCall[];
  /** answer replaces what `METHOD /path` gets, in order; the last one stays. */
  answer(route: string, ...answers: FakeAnswer[]): void;
  close(): void;
}
/** FakeAnswer is a body with 200, or what a function writes. */
export type FakeAnswer = Record<string, unknown> | ((res: ServerResponse) => void);

const CONTRACTS: ProcedureContract[] = [
  accessContract,
  catalogContract,
  meteringContract,
  quotaContract,
  registryContract,
  rolloutContract,
  servingContract,
  trainingContract,
].flatMap((contracts) => Object.values(contracts) as ProcedureContract[]);

/** startFakePortal listens on a free port. */
export async function startFakePortal(): Promise<FakePortal> {
  const calls: RestCall[] = [];
  const answers = new Map<string, FakeAnswer[]>();
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const url = new URL(req.url ?? '/', 'http://portal');
    const path = url.pathname.replace('/api/v1', '');
    const method = req.method ?? '';
    const raw = Buffer.concat(chunks).toString();
    const isJson = req.headers['content-type'] === 'application/json';
    const query = Object.fromEntries(url.searchParams);
    const body: unknown = isJson ? JSON.parse(raw) : raw;
    calls.push({ method, path, query, body, authorization: req.headers.authorization, headers: req.headers });
    const queue = answers.get(`${method} ${path}`);
    const scripted = queue !== undefined && queue.length > 1 ? queue.shift() : queue?.[0];
    if (typeof scripted === 'function') scripted(res);
    else if (scripted !== undefined) sendJson(res, 200, scripted);
    else {
      const contract = CONTRACTS.find((one) => one.method === method && matches(one.path, path));
      if (contract === undefined) sendJson(res, 404, { message: `no route ${method} ${path}`, code: 'NOT_FOUND' });
      else sendJson(res, 200, sampleOutput(contract));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (route, ...wanted) => void answers.set(route, wanted),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** sendJson answers with JSON. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(body));
}

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
