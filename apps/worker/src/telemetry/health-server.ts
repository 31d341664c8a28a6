import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkerMetrics } from './worker-metrics.ts';

/** HealthServer answers /healthz and /metrics. */
export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** startHealthServer listens; a busy port is an error that names it. */
export async function startHealthServer(options: {
  host: string;
  port: number;
  metrics: WorkerMetrics;
  describe: () => Record<string, unknown>;
}): Promise<HealthServer> {
  const server = createServer(async (req, res) => {
    const path = req.url?.split('?')[0];
    if (path === '/healthz') {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ status: 'ok', ...options.describe(), lastSuccess: options.metrics.lastSuccess() }));
      return;
    }
    if (path !== '/metrics') {
      res.writeHead(404).end('Not found. There are /healthz and /metrics.\n');
      return;
    }
    try {
      const body = await options.metrics.registry.metrics();
      res.setHeader('content-type', options.metrics.registry.contentType);
      res.end(body);
    } catch (error) {
      res.writeHead(503).end(`Metrics cannot be read: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${options.port} is in use. Set SLIPWAY_WORKER_PORT to a free port.`)
          : error,
      );
    });
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
