'use client';
import {
  Button,
  Card,
  CopyButton,
  cn,
  EmptyState,
  formatAbsolute,
  Notice,
  SearchInput,
  SkeletonRows,
} from '@slipway/ui';
import { ArrowDownToLine, Pause, ScrollText } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { type LogLine, type ReadLogs, useLogTail } from './use-log-tail.ts';

/** LogTailProps: `logKey` names the log in the cache; `endedAt` is null while lines can still come. */
export interface LogTailProps {
  label: string;
  logKey: readonly string[];
  endedAt: string | null;
  read: ReadLogs;
  emptyText: string;
}

// A pixel or two above the end is still the end.
const END_PX = 24;

/** LogTail shows a log and follows its end until the reader scrolls up. */
export function LogTail({ label, logKey, endedAt, read, emptyText }: LogTailProps) {
  const query = useLogTail({ key: logKey, endedAt, read });
  const [isFollowing, setFollowing] = useState(true);
  const [search, setSearch] = useState('');
  const all = query.data ?? [];
  const words = search.trim().toLowerCase();
  const lines = words === '' ? all : all.filter((line) => line.text.toLowerCase().includes(words));
  const Icon = isFollowing ? Pause : ArrowDownToLine;
  return (
    <Card
      title={label}
      isFlush
      actions={
        <>
          <SearchInput label="Search log" value={search} onChange={setSearch} className="sm:w-48" />
          <Button size="sm" aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            <Icon aria-hidden />
            {isFollowing ? 'Pause following' : 'Follow end'}
          </Button>
          <CopyButton text={lines.map(textOf).join('\n')} label="Copy log" />
        </>
      }
    >
      {query.error === null ? null : (
        <Notice tone="warning" className="m-3" title="The log could not be read">
          {query.error.message}
        </Notice>
      )}
      {query.isPending && query.error === null ? <SkeletonRows label="Reading the log" /> : null}
      {query.data !== undefined && lines.length === 0 ? (
        <EmptyState
          icon={ScrollText}
          title={words === '' ? 'No lines yet' : 'No line has these words'}
          description={words === '' ? emptyText : 'Search for something else.'}
        />
      ) : null}
      {lines.length === 0 ? null : (
        <Lines label={label} lines={lines} isFollowing={isFollowing} onFollowing={setFollowing} />
      )}
    </Card>
  );
}

interface LinesProps {
  label: string;
  lines: readonly LogLine[];
  isFollowing: boolean;
  onFollowing(isFollowing: boolean): void;
}

function Lines({ label, lines, isFollowing, onFollowing }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const last = lines.at(-1)?.sequence ?? 0;
  // The scroll position belongs to the browser's box.
  useEffect(() => {
    const element = box.current;
    if (element !== null && isFollowing && last > 0) element.scrollTop = element.scrollHeight;
  }, [last, isFollowing]);
  return (
    <div
      ref={box}
      role="log"
      aria-label={`${label} lines`}
      tabIndex={0}
      onWheel={({ deltaY }) => {
        if (deltaY < 0 && isFollowing) onFollowing(false);
      }}
      onScroll={({ currentTarget: at }) => {
        const isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < END_PX;
        if (isAtEnd && !isFollowing) onFollowing(true);
      }}
      className="h-80 overflow-auto rounded-b-lg bg-surface-sunken py-2 font-mono text-[12.5px] leading-5"
    >
      {lines.map((line) => (
        <div key={line.sequence} className="flex gap-3 px-4 hover:bg-surface-hover">
          <time
            dateTime={line.at}
            title={formatAbsolute(line.at)}
            className="numeric shrink-0 select-none text-ink-subtle"
          >
            {line.at.slice(11, 19)}
          </time>
          <span
            className={cn(
              'min-w-0 whitespace-pre-wrap break-words text-ink',
              line.stream === 'stderr' && 'text-warning',
              line.stream === 'system' && 'text-info',
            )}
          >
            {line.source === '' ? null : <span className="select-none text-ink-subtle">{line.source} </span>}
            {line.text}
          </span>
        </div>
      ))}
    </div>
  );
}

const textOf = (line: LogLine) => `${line.at} ${line.source} ${line.text}`;
