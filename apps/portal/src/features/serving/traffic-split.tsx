import { CANARY_COLOR, STABLE_COLOR } from '@slipway/ui/charts';
import type { Endpoint } from './types.ts';

/** TrafficSplit shows which version gets which share of traffic: stable and canary in their own colours, and in words. */
export function TrafficSplit({ endpoint }: { endpoint: Pick<Endpoint, 'stable' | 'canary'> }) {
  const { stable, canary } = endpoint;
  if (stable === null) return <span className="text-ink-subtle">–</span>;
  if (canary === null) return <span>100 % stable</span>;
  return (
    <span className="inline-flex flex-col items-stretch gap-1">
      <span className="whitespace-nowrap">
        {stable.weightPercent} % stable, {canary.weightPercent} % canary
      </span>
      <span aria-hidden className="flex h-1.5 w-full min-w-24 gap-px overflow-hidden rounded-full bg-line">
        <span style={{ width: `${stable.weightPercent}%`, background: STABLE_COLOR }} />
        <span style={{ width: `${canary.weightPercent}%`, background: CANARY_COLOR }} />
      </span>
    </span>
  );
}
