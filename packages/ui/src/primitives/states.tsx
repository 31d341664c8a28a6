'use client';
import { CircleAlert, Info, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';
import { Button } from './button.tsx';

/** EmptyStateProps: `title` says that nothing is there, `description` what to do next, `action` does it. */
export interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  description: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** EmptyState stands where a list has nothing to show. */
export function EmptyState({ icon: Icon, title, description, action, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center gap-2 px-6 py-12 text-center', className)}>
      {Icon === undefined ? null : (
        <span className="mb-1 rounded-lg border border-line bg-surface-sunken p-2.5">
          <Icon aria-hidden className="size-5 text-ink-muted" />
        </span>
      )}
      <p className="font-semibold text-ink text-sm">{title}</p>
      <div className="max-w-md text-[13px] text-ink-muted">{description}</div>
      {action === undefined ? null : <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** ErrorState says what could not be shown, why, and what to do; `errorId` is there to quote. */
export function ErrorState({
  title,
  message,
  errorId,
  onRetry,
}: {
  title: string;
  message: string;
  errorId?: string | undefined;
  onRetry?: () => void;
}) {
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="mb-1 rounded-lg bg-danger-soft p-2.5">
        <OctagonAlert aria-hidden className="size-5 text-danger" />
      </span>
      <p className="font-semibold text-ink text-sm">{title}</p>
      <p className="max-w-md text-[13px] text-ink-muted">{message}</p>
      {errorId === undefined ? null : <p className="font-mono text-ink-subtle text-xs">Error id {errorId}</p>}
      {onRetry === undefined ? null : (
        <Button onClick={onRetry} className="mt-2">
          Try again
        </Button>
      )}
    </div>
  );
}

const NOTICE = {
  info: { icon: Info, box: 'border-info/30 bg-info-soft', ink: 'text-info' },
  success: {
    icon: Info,
    box: 'border-success/30 bg-success-soft',
    ink: 'text-success',
  },
  warning: {
    icon: TriangleAlert,
    box: 'border-warning/30 bg-warning-soft',
    ink: 'text-warning',
  },
  danger: {
    icon: CircleAlert,
    box: 'border-danger/30 bg-danger-soft',
    ink: 'text-danger',
  },
} as const;

/** NoticeProps: `isAlert` has a screen reader speak it at once. */
export interface NoticeProps {
  tone?: keyof typeof NOTICE;
  title?: ReactNode;
  action?: ReactNode;
  isAlert?: boolean;
  className?: string;
  children?: ReactNode;
}

/** Notice is a sentence that belongs to the page: a reason, a warning, what to do. */
export function Notice({ tone = 'info', title, action, isAlert = false, className, children }: NoticeProps) {
  const look = NOTICE[tone];
  const Icon = look.icon;
  return (
    <div
      role={isAlert ? 'alert' : undefined}
      className={cn(
        'flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border px-3 py-2.5 text-[13px]',
        look.box,
        className,
      )}
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', look.ink)} />
      <div className="min-w-0 flex-1 break-words text-ink">
        {title === undefined ? null : <p className="font-medium">{title}</p>}
        {children}
      </div>
      {action}
    </div>
  );
}
