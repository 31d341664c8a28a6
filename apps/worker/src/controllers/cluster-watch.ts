import type { ClusterDriver } from '@slipway/cluster';
import { registerCluster } from '@slipway/use-cases/catalog';
import type { Deps } from '@slipway/use-cases/deps';

/** CLUSTER_INTERVAL_MS is how late a GPU that came or went is noticed. */
export const CLUSTER_INTERVAL_MS = 60_000;

/** watchCluster writes what the driver sees of its cluster. */
export async function watchCluster(deps: Deps, driver: ClusterDriver): Promise<void> {
  await registerCluster(deps, await driver.describe());
}
