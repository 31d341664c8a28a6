import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CallableModel, listModels } from '../admission/find-endpoint.ts';
import { checkKey, handleInference, type InferenceDeps } from './handle-inference.ts';
import { refusal } from './refusal.ts';
import { echoedRequestId } from './request-id.ts';
import { sendJson, sendRefusal } from './respond.ts';

/** SurfaceDeps is what all routes together work with. */
export interface SurfaceDeps extends InferenceDeps {
  isReady: () => boolean;
}

interface Route {
  method: 'GET' | 'POST';
  handle: (req: IncomingMessage, res: ServerResponse, deps: SurfaceDeps) => Promise<void> | void;
}

const relayed = (path: string, canStream: boolean): Route => ({
  method: 'POST',
  handle: (req, res, deps) =>
    handleInference(
      {
        req,
        res,
        path,
        echoedId: String(res.getHeader('x-request-id')),
        startedMs: performance.now(),
        at: deps.now(),
      },
      canStream,
      deps,
    ),
});

const ROUTES: Record<string, Route> = {
  '/v1/chat/completions': relayed('/v1/chat/completions', true),
  '/v1/completions': relayed('/v1/completions', true),
  '/v1/embeddings': relayed('/v1/embeddings', false),
  '/v1/models': {
    method: 'GET',
    handle: (req, res, deps) => sendModels(req, res, deps, null),
  },
  '/healthz': {
    method: 'GET',
    handle: (_req, res) => sendJson(res, 200, '{"status":"ok"}'),
  },
  '/readyz': {
    method: 'GET',
    handle: (_req, res, deps) =>
      sendJson(res, deps.isReady() ? 200 : 503, JSON.stringify({ status: deps.isReady() ? 'ready' : 'stopping' })),
  },
  '/metrics': {
    method: 'GET',
    async handle(_req, res, deps) {
      const text = await deps.metrics.registry.metrics();
      res.writeHead(200, { 'content-type': deps.metrics.registry.contentType });
      res.end(text);
    },
  },
};

const MODELS_PREFIX = '/v1/models/';

/** Surface is the request listener of the gateway. */
export interface Surface {
  listener: (req: IncomingMessage, res: ServerResponse) => void;
  /** idle resolves when every request so far has been settled, the ledger included. */
  idle(): Promise<void>;
}

/** createSurface serves the routes. */
export function createSurface(deps: SurfaceDeps): Surface {
  const open = new Set<Promise<void>>();
  const listener: Surface['listener'] = (req, res) => {
    res.setHeader('x-request-id', echoedRequestId(req.headers['x-request-id']));
    // Keys travel in a header that a browser never adds by itself, so any page may call: that is what makes the playground work.
    res.setHeader('access-control-allow-origin', '*');
    res.setHeader('access-control-expose-headers', EXPOSED);
    res.on('error', () => res.destroy());
    const done = handle(req, res, deps).finally(() => open.delete(done));
    open.add(done);
  };
  return {
    listener,
    async idle() {
      await Promise.all(open);
    },
  };
}

const EXPOSED = 'x-request-id, x-slipway-revision, x-slipway-version, retry-after';

async function handle(req: IncomingMessage, res: ServerResponse, deps: SurfaceDeps): Promise<void> {
  try {
    await dispatch(req, res, deps);
  } catch (error) {
    deps.onError('A request failed in the gateway itself.', error);
    deps.metrics.refused('internal_error');
    sendRefusal(res, refusal(500, 'internal_error', 'The gateway failed on this request; its log has the reason.'));
  }
}

function dispatch(req: IncomingMessage, res: ServerResponse, deps: SurfaceDeps): Promise<void> | void {
  const url = req.url ?? '/';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const modelId = path.startsWith(MODELS_PREFIX) ? decode(path.slice(MODELS_PREFIX.length)) : null;
  const route: Route | undefined =
    modelId === null
      ? Object.hasOwn(ROUTES, path)
        ? ROUTES[path]
        : undefined
      : { method: 'GET', handle: () => sendModels(req, res, deps, modelId) };
  if (route === undefined) {
    deps.metrics.refused('unknown_url');
    sendRefusal(res, refusal(404, 'unknown_url', `There is no ${req.method} ${path.slice(0, 200)} here.`));
    return;
  }
  if (req.method === 'OPTIONS') {
    res.writeHead(204, {
      'access-control-allow-methods': route.method,
      'access-control-allow-headers': '*, authorization',
      'access-control-max-age': '600',
    });
    res.end();
    return;
  }
  const isAllowed = req.method === route.method || (req.method === 'HEAD' && route.method === 'GET');
  if (!isAllowed) {
    res.setHeader('allow', route.method);
    deps.metrics.refused('method_not_allowed');
    sendRefusal(res, refusal(405, 'method_not_allowed', `${path} takes ${route.method}, not ${req.method}.`));
    return;
  }
  return route.handle(req, res, deps);
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

async function sendModels(
  req: IncomingMessage,
  res: ServerResponse,
  deps: SurfaceDeps,
  modelId: string | null,
): Promise<void> {
  const auth = await checkKey(req, deps.now(), deps);
  if (auth.kind !== 'key') {
    deps.metrics.refused(auth.refusal.code);
    sendRefusal(res, auth.refusal);
    return;
  }
  const models = listModels(deps.holder.current(), auth.key);
  const found = models.find((model) => model.id === modelId);
  if (modelId === null) sendJson(res, 200, JSON.stringify({ object: 'list', data: models.map(modelObject) }));
  else if (found !== undefined) sendJson(res, 200, JSON.stringify(modelObject(found)));
  else {
    const message = `The model \`${modelId.slice(0, 200)}\` does not exist or this key may not call it.`;
    sendRefusal(res, refusal(404, 'model_not_found', message, { param: 'model' }));
  }
}

const modelObject = ({ id, endpoint }: CallableModel) => ({
  id,
  object: 'model',
  created: Math.floor(endpoint.createdAt.getTime() / 1_000),
  owned_by: endpoint.teamSlug,
});
