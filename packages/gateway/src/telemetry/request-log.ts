/** RequestLogLine is one finished request, for people who search logs; it never holds prompts, answers or secrets. */
export interface RequestLogLine {
  at: string;
  requestId: string;
  /** echoedId is the x-request-id that the client sees. */
  echoedId: string;
  method: string;
  path: string;
  httpStatus: number;
  code?: string;
  team?: string;
  endpoint?: string;
  revision?: number;
  replica?: string | null;
  status?: string;
  promptTokens?: number;
  completionTokens?: number;
  ttftMs?: number | null;
  durationMs: number;
  attempts?: number;
}

/** Log takes one line of JSON. */
export type Log = (line: string) => void;

/** round keeps log lines short: hundredths of a millisecond say nothing. */
export const round = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);
