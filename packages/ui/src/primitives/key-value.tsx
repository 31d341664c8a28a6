import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';

/** KeyValueList shows facts as term and value; `columns` is how many stand side by side on a wide page. */
export function KeyValueList({
  items,
  columns = 1,
  className,
}: {
  items: readonly { label: string; value: ReactNode }[];
  columns?: 1 | 2 | 3;
  className?: string;
}) {
  const grid = {
    1: '',
    2: 'sm:grid-cols-2',
    3: 'sm:grid-cols-2 lg:grid-cols-3',
  }[columns];
  return (
    <dl className={cn('grid gap-x-8 gap-y-3', grid, className)}>
      {items.map((item) => (
        <div key={item.label} className={cn('min-w-0', columns === 1 && 'grid grid-cols-[minmax(6rem,30%)_1fr] gap-3')}>
          <dt className="text-[12.5px] text-ink-muted">{item.label}</dt>
          <dd className="min-w-0 break-words text-[13.5px] text-ink">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Stat is one number that matters with its name; `hint` says what it is beside or since when. */
export function Stat({
  label,
  value,
  hint,
  tone = 'neutral',
  className,
}: {
  label: string;
  value: ReactNode;
  hint?: ReactNode;
  tone?: 'neutral' | 'success' | 'warning' | 'danger';
  className?: string;
}) {
  const ink = {
    neutral: 'text-ink',
    success: 'text-success',
    warning: 'text-warning',
    danger: 'text-danger',
  }[tone];
  return (
    <dl className={cn('min-w-0 rounded-lg border border-line bg-surface px-4 py-3', className)}>
      <dt className="truncate text-[12.5px] text-ink-muted">{label}</dt>
      <dd className={cn('numeric mt-0.5 truncate font-semibold text-xl leading-7', ink)}>{value}</dd>
      {hint === undefined ? null : <dd className="text-[12.5px] text-ink-muted">{hint}</dd>}
    </dl>
  );
}

/** StatGrid lays Stats side by side. */
export function StatGrid({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cn('grid grid-cols-2 gap-3 lg:grid-cols-4', className)}>{children}</div>;
}
