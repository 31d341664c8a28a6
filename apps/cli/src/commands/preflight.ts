import type { preflightSchema } from '@slipway/domain';
import type { z } from 'zod';
import { bytes, money } from '../output/format.ts';
import { renderFields } from '../output/table.ts';
import type { Session } from '../session.ts';

/** printPreflight shows what a launch would need and cost. */
export function printPreflight(session: Session, preflight: z.output<typeof preflightSchema>): void {
  session.print(preflight, () => {
    const checks = preflight.checks.map(({ result, name, message }) => `${result.padEnd(7)} ${name}: ${message}`);
    const fields = renderFields([
      ['slots', preflight.slots],
      ['memory', bytes(preflight.memoryBytes)],
      ['cost per hour', money(preflight.costMicrosPerHour)],
      ['estimated cost', money(preflight.estimatedCostMicros)],
    ]);
    const verdict = preflight.isLaunchable ? 'It can be launched.' : 'It cannot be launched.';
    return [...checks, '', fields, '', verdict].join('\n');
  });
}
