import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

interface Metrics {
  registry: Registry;
  requestSeconds: Histogram<'route' | 'method' | 'status'>;
}
const holder = globalThis as { slipwayMetrics?: Metrics };
// From an answer out of the cache to a long upload.
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requestSeconds = new Histogram({
    name: 'slipway_portal_request_seconds',
    help: 'Time until the portal began to answer, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return { registry, requestSeconds };
}

function getMetrics(): Metrics {
  holder.slipwayMetrics ??= createMetrics();
  return holder.slipwayMetrics;
}

/** measured counts and times what a route answers. */
export function measured(route: string, handle: (req: Request) => Promise<Response>) {
  return async (req: Request): Promise<Response> => {
    const end = getMetrics().requestSeconds.startTimer({ route, method: req.method });
    let status = 500;
    try {
      const res = await handle(req);
      status = res.status;
      return res;
    } finally {
      end({ status: String(status) });
    }
  };
}

/** handleMetrics answers in Prometheus' text format. */
export async function handleMetrics(): Promise<Response> {
  const { registry } = getMetrics();
  return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
}
