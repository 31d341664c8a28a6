/** Log takes one line of JSON. */
export type Log = (line: string) => void;

/** RequestLogLine is one finished request, for people who search logs; it never holds prompts, answers or secrets. */
export interface RequestLogLine {
  at: Date;
  requestId: string;
  /** echoedId is the x-request-id that the client sees. */
  echoedId: string;
  path: string;
  httpStatus: number;
  /** code is the gateway's own reason, error what happened at the replica. */
  code?: string | undefined;
  error?: string | undefined;
  team?: string;
  endpoint?: string;
  revision?: number;
  replica?: string | null;
  status?: string;
  promptTokens?: number;
  completionTokens?: number;
  ttftMs?: number | null;
  durationMs: number;
}

/** logRequest writes one line; times to a tenth of a millisecond. */
export function logRequest(log: Log, { ttftMs, durationMs, ...line }: RequestLogLine): void {
  const times = { ...(ttftMs == null ? {} : { ttftMs: round(ttftMs) }), durationMs: round(durationMs) };
  log(JSON.stringify({ level: 'info', ...line, ...times }));
}

const round = (value: number) => Math.round(value * 10) / 10;
