'use client';
import type { logLineSchema } from '@slipway/domain/kernel';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';

/** LogLine is one line of a process's output. */
export type LogLine = z.infer<typeof logLineSchema>;
/** ReadLogs reads at most one page of lines after a sequence number. */
export type ReadLogs = (after: number) => Promise<{ items: LogLine[] }>;

// Lines come in bursts; a person does not read faster than this.
const POLL_MS = 1_500;
/** LOG_PAGE is how many lines one call brings. */
export const LOG_PAGE = 1_000;
// What a person scrolls through; older lines are dropped so that the page stays quick.
const MAX_LINES = 2_000;
// A burst of more pages than this waits for the next poll.
const MAX_PAGES = 6;

// The last lines of a process are stored a moment after it ended.
const LATE_LINES_MS = 8_000;

/** LogSource: `endedAt` is when the last line was written, null while more can come. */
export interface LogSource {
  key: readonly string[];
  endedAt: string | null;
  read: ReadLogs;
}

/** useLogTail follows a log: it reads only what came after the last line, and stops asking when nothing more can come. */
export function useLogTail({ key, endedAt, read }: LogSource) {
  const queryClient = useQueryClient();
  const queryKey = ['log-tail', ...key];
  return useQuery<LogLine[], Error>({
    queryKey,
    queryFn: async () => appendLines(queryClient.getQueryData<LogLine[]>(queryKey) ?? [], read),
    refetchInterval: () => (endedAt === null || Date.now() - Date.parse(endedAt) < LATE_LINES_MS ? POLL_MS : false),
    staleTime: 0,
  });
}

/** appendLines reads page after page behind the lines that are known. */
export async function appendLines(known: readonly LogLine[], read: ReadLogs): Promise<LogLine[]> {
  let lines = [...known];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items } = await read(lines.at(-1)?.sequence ?? 0);
    lines = [...lines, ...items].slice(-MAX_LINES);
    if (items.length < LOG_PAGE) break;
  }
  return lines;
}
