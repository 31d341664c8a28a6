import { Counter, Gauge, type Registry } from 'prom-client';
import type { TierName } from '../kv-cache/tiers/plan-lookup.ts';
import type { TieredCache } from '../kv-cache/tiers/tiered-cache.ts';

/** registerTierMetrics writes the tiers' own counts at every scrape; the names of what vLLM has too are vLLM's. */
export function registerTierMetrics(registry: Registry, cache: TieredCache): void {
  const { host, disk } = cache;
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const perTier = (name: string, help: string, read: (tier: TierName) => number) =>
    new Counter({
      name: `slipway:kv_tier_${name}_total`,
      help,
      labelNames: ['tier'],
      registers: [registry],
      collect() {
        this.reset();
        for (const tier of tiers) this.inc({ tier }, read(tier));
      },
    });
  const tiers: TierName[] = disk === null ? ['host'] : ['host', 'disk'];
  const of = (tier: TierName) => (tier === 'disk' && disk !== null ? disk : host);
  const { counts } = cache;
  counter('vllm:external_prefix_cache_queries_total', 'Prompt tokens looked up below the device', () => {
    return counts.host.queriedTokens;
  });
  counter('vllm:external_prefix_cache_hits_total', 'Prompt tokens restored from below the device', () => {
    return counts.host.hitTokens + counts.disk.hitTokens;
  });
  perTier('queries', 'Prompt tokens looked up in a tier', (tier) => counts[tier].queriedTokens);
  perTier('hits', 'Prompt tokens restored from a tier', (tier) => counts[tier].hitTokens);
  perTier('evictions', 'Blocks that a tier gave up for others', (tier) => of(tier).evictions);
  perTier('dropped', 'Blocks that were lost on the way to a tier, because there was no time', (tier) => {
    return tier === 'disk' ? (disk?.dropped ?? 0) : cache.dropped;
  });
  new Gauge({
    name: 'slipway:kv_tier_bytes',
    help: 'KV blocks in a tier, in bytes',
    labelNames: ['tier'],
    registers: [registry],
    collect() {
      for (const tier of tiers) this.set({ tier }, of(tier).bytes);
    },
  });
  if (disk === null) return;
  counter('slipway:kv_tier_damaged_total', 'Files that were damaged, and removed', () => disk.damaged);
  new Gauge({
    name: 'slipway:kv_tier_disk_is_on',
    help: '1 while blocks are kept on disk, 0 after trouble with the disk',
    registers: [registry],
    collect() {
      this.set(disk.offReason === null ? 1 : 0);
    },
  });
}
