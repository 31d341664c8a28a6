import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';

/** CardProps: `title` makes it a section with a heading; `isFlush` leaves out the padding (for tables). */
export interface CardProps {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  isFlush?: boolean;
  className?: string;
  children?: ReactNode;
}

/** Card holds what belongs together. */
export function Card({ title, description, actions, footer, isFlush = false, className, children }: CardProps) {
  return (
    <section className={cn('min-w-0 rounded-lg border border-line bg-surface', className)}>
      {title === undefined ? null : (
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b px-4 py-3">
          <div className="min-w-0 flex-1 basis-52">
            <h2 className="font-semibold text-ink text-sm">{title}</h2>
            {description === undefined ? null : <p className="text-[12.5px] text-ink-muted">{description}</p>}
          </div>
          {actions === undefined ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children === undefined ? null : <div className={isFlush ? '' : 'p-4'}>{children}</div>}
      {footer === undefined ? null : (
        <footer className="flex flex-wrap items-center justify-end gap-2 border-line border-t px-4 py-3">
          {footer}
        </footer>
      )}
    </section>
  );
}
