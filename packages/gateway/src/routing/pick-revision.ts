import type { GatewayRevision } from '../snapshot/snapshot.ts';

/** GOLDEN_RATIO steps spread points over [0, 1) more evenly than chance, and no request pattern resonates with them. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** pickRevision takes the n-th request's revision so that every stretch of requests follows the weights closely. */
export function pickRevision(revisions: readonly GatewayRevision[], sequence: number): GatewayRevision | null {
  const total = revisions.reduce((sum, revision) => sum + revision.weightPercent, 0);
  if (total <= 0) return revisions.find((revision) => revision.role === 'stable') ?? revisions[0] ?? null;
  let point = ((sequence * GOLDEN_RATIO) % 1) * total;
  for (const revision of revisions) {
    point -= revision.weightPercent;
    if (point < 0) return revision;
  }
  return revisions.findLast((revision) => revision.weightPercent > 0) ?? null;
}
