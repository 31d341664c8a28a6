import type { LogLineRecord } from '@slipway/db';
import type { logLineSchema } from '@slipway/domain';

type LogLine = (typeof logLineSchema)['_output'];

/** toLogLines shows lines of a process's output. */
export function toLogLines(lines: readonly LogLineRecord[]): LogLine[] {
  return lines.map((line) => ({ ...line, at: line.at.toISOString() }));
}
