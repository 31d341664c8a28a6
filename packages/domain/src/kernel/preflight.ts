import type { z } from 'zod';
import { conflict } from './errors.ts';
import type { preflightSchema } from './schemas.ts';

/** Preflight is what a launch would do, before it is done. */
export type Preflight = z.infer<typeof preflightSchema>;
/** PreflightCheck is one finding; only `failed` ones stand in the way. */
export type PreflightCheck = Preflight['checks'][number];

/** ok, warning and failed make a finding. */
export const ok = (name: string, message: string): PreflightCheck => ({ name, result: 'ok', message });
export const warning = (name: string, message: string): PreflightCheck => ({ name, result: 'warning', message });
export const failed = (name: string, message: string): PreflightCheck => ({ name, result: 'failed', message });

/** requireLaunchable throws the first finding that stands in the way; the deed and its preflight thus say the same. */
export function requireLaunchable(checks: readonly PreflightCheck[]): void {
  const first = checks.find((check) => check.result === 'failed');
  if (first) throw conflict(first.message, first.name);
}
