/** Log writes one structured line about what the worker does; `level` is for filters. */
export type Log = (level: 'info' | 'warning' | 'error', message: string, detail?: Record<string, unknown>) => void;

/** jsonLog writes JSON lines. */
export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  return (level, message, detail = {}) => write(JSON.stringify({ at: now().toISOString(), level, message, ...detail }));
}

/** describeError is an error in one line. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
