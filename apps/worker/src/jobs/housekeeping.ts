import type { Deps } from '@slipway/use-cases/deps';
import { removeAbandonedUploads } from '@slipway/use-cases/registry';
import { describeError, type Log } from '../telemetry/log.ts';

const DAY_MS = 86_400_000;
/** IDLE_MS: a person may come back the next morning to an upload that their network cut off. */
const IDLE_MS = 2 * DAY_MS;

/** tidy removes what nobody will come back for: abandoned uploads, and parts of files whose writers died. */
export async function tidy(deps: Deps, log: Log): Promise<void> {
  try {
    const uploads = await removeAbandonedUploads(deps, IDLE_MS);
    const parts = await deps.artifacts.sweep(IDLE_MS);
    if (uploads + parts > 0) log('info', 'Removed what was left behind.', { uploads, parts });
  } catch (error) {
    log('error', 'Housekeeping failed; it is tried again tomorrow.', { error: describeError(error) });
  }
}

/** startHousekeeping tidies now and every day until closed. */
export function startHousekeeping(deps: Deps, log: Log): { close(): Promise<void> } {
  let running = tidy(deps, log);
  const timer = setInterval(() => {
    running = tidy(deps, log);
  }, DAY_MS);
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
