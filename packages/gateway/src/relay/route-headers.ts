import type { Target } from '../routing/router.ts';
import type { Exchange } from './exchange.ts';

/** setRouteHeaders tells the client which revision answered. */
export function setRouteHeaders(exchange: Exchange, target: Target): void {
  exchange.res.setHeader('x-slipway-revision', String(target.revision.number));
  exchange.res.setHeader('x-slipway-version', target.revision.versionLabel);
}
