import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { handleChatCompletions } from './chat-completions.ts';
import { handleCompletions } from './completions.ts';
import { handleEmbeddings } from './embeddings.ts';
import { Exchange } from './exchange.ts';
import { HttpError, toHttpError } from './http-error.ts';
import { isServed, servedNames } from './model-names.ts';
import { readJson } from './read-json.ts';
import { asEmbedding, asGenerating, type ServedModel } from './served-model.ts';
import { handleDetokenize, handleTokenize } from './tokenize.ts';

// Long enough for a socket buffer on a slow link, short beside the grace that was given before.
const LAST_WRITES_MS = 2000;

/** EngineHttpServer is the HTTP surface of an engine; until serve() is called it answers that it is starting. */
export class EngineHttpServer {
  private readonly server: Server;
  private readonly options: { modelNames: readonly string[]; maxBodyBytes: number };
  private served: { model: ServedModel; registry: Registry } | null = null;
  private isDraining = false;

  constructor(options: { modelNames: readonly string[]; maxBodyBytes: number }) {
    this.options = options;
    this.server = createServer((req, res) => {
      // A client that leaves while it is being written to is no failure of the server.
      res.on('error', () => undefined);
      void this.handle(req, res);
    });
    // Longer than the pools of gateways and load balancers keep connections, so that they never pick a dying one.
    this.server.keepAliveTimeout = 75_000;
  }

  /** listen resolves with the port; a busy one rejects. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** serve begins to answer for a loaded model. */
  serve(model: ServedModel, registry: Registry): void {
    this.served = { model, registry };
  }

  /** drain makes the health check fail, so that nobody sends more. */
  drain(): void {
    this.isDraining = true;
  }

  /** close lets answers that are being written go out, for a moment, and then ends all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    // A connection that becomes idle only now would be kept for the next request otherwise.
    const idle = setInterval(() => this.server.closeIdleConnections(), 10);
    const all = setTimeout(() => this.server.closeAllConnections(), LAST_WRITES_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(all);
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const exchange = new Exchange(req, res);
    try {
      await this.route(exchange);
    } catch (error) {
      exchange.sendError(toHttpError(error));
    } finally {
      if (!req.complete) req.resume();
    }
  }

  private async route(exchange: Exchange): Promise<void> {
    const { req } = exchange;
    const path = (req.url ?? '/').replace(/\?.*$/, '');
    if (req.method === 'GET' && path === '/health') return this.health(exchange);
    const route = ROUTES[path];
    if (route === undefined) {
      throw new HttpError(404, `There is no ${req.method} ${path}`, { code: 'not_found' });
    }
    if (req.method !== route.method) {
      throw new HttpError(405, `${path} takes ${route.method}, not ${req.method}`, { code: 'method_not_allowed' });
    }
    if (this.served === null) {
      throw new HttpError(503, 'The model is still being loaded', { code: 'starting', retryAfterSeconds: 1 });
    }
    const { model, registry } = this.served;
    if (route.method === 'GET') return route.answer(model, exchange, registry);
    const body = await readJson(req, this.options.maxBodyBytes);
    this.checkModel(body, model, route.needsModel);
    await route.answer(model, exchange, body);
  }

  private checkModel(body: unknown, served: ServedModel, isNeeded: boolean): void {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new HttpError(400, 'The body must be a JSON object', { code: 'invalid_request' });
    }
    const name = 'model' in body ? body.model : undefined;
    if (typeof name !== 'string') {
      if (name === undefined && !isNeeded) return;
      const message = name === undefined ? 'model is missing' : 'model must be a string';
      throw new HttpError(400, message, { code: 'invalid_request', param: 'model' });
    }
    if (isServed(name, this.options.modelNames, served.model.adapters)) return;
    const names = servedNames(served.name, served.model.adapters).join(', ');
    const message = `The model ${JSON.stringify(name)} is not served here; there is ${names}`;
    throw new HttpError(404, message, { code: 'model_not_found', param: 'model' });
  }

  private health(exchange: Exchange): void {
    const status = this.served === null ? 'starting' : this.isDraining ? 'draining' : 'ready';
    exchange.sendJson(status === 'ready' ? 200 : 503, { status });
  }
}

type Route =
  | { method: 'GET'; answer: (model: ServedModel, exchange: Exchange, registry: Registry) => Promise<void> | void }
  | {
      method: 'POST';
      needsModel: boolean;
      answer: (model: ServedModel, exchange: Exchange, body: unknown) => Promise<void> | void;
    };

const ROUTES: Record<string, Route> = {
  '/v1/chat/completions': {
    method: 'POST',
    needsModel: true,
    answer: (model, ...rest) => handleChatCompletions(asGenerating(model), ...rest),
  },
  '/v1/completions': {
    method: 'POST',
    needsModel: true,
    answer: (model, ...rest) => handleCompletions(asGenerating(model), ...rest),
  },
  '/v1/embeddings': {
    method: 'POST',
    needsModel: true,
    answer: (model, ...rest) => handleEmbeddings(asEmbedding(model), ...rest),
  },
  '/v1/models': { method: 'GET', answer: listModels },
  '/tokenize': { method: 'POST', needsModel: false, answer: handleTokenize },
  '/detokenize': { method: 'POST', needsModel: false, answer: handleDetokenize },
  '/metrics': { method: 'GET', answer: writeMetrics },
};

function listModels(served: ServedModel, exchange: Exchange): void {
  const { description, parameterCount } = served.model;
  const kindFields =
    served.kind === 'generation'
      ? { has_chat_template: served.chatTemplate !== null }
      : { has_chat_template: false, embedding_size: served.embedder.runner.embeddingSize };
  const entries = servedNames(served.name, served.model.adapters).map((id) => ({
    id,
    object: 'model',
    created: served.createdSeconds,
    owned_by: 'slipway',
    // vLLM's field: the base of an adapter.
    parent: id === served.name ? null : served.name,
    max_model_len: served.contextTokens,
    meta: { description, parameter_count: parameterCount, task: served.kind, ...kindFields },
  }));
  exchange.sendJson(200, { object: 'list', data: entries });
}

async function writeMetrics(_model: ServedModel, exchange: Exchange, registry: Registry): Promise<void> {
  const text = await registry.metrics();
  exchange.res.writeHead(200, { ...exchange.headers, 'content-type': registry.contentType });
  exchange.res.end(text);
}
