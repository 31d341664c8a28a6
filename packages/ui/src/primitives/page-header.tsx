'use client';
import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { Link } from '../lib/link.tsx';

/** Crumb is one step of the way to this page; the last has no address. */
export interface Crumb {
  label: string;
  href?: string;
}

/** Breadcrumbs is the way to this page. */
export function Breadcrumbs({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumbs">
      <ol className="flex flex-wrap items-center gap-1 text-[12.5px] text-ink-muted">
        {crumbs.map((crumb, index) => (
          <Fragment key={`${crumb.label}-${crumb.href ?? ''}`}>
            {index === 0 ? null : <ChevronRight aria-hidden className="size-3.5 text-ink-subtle" />}
            <li className="min-w-0">
              {crumb.href === undefined ? (
                <span
                  aria-current={index === crumbs.length - 1 ? 'page' : undefined}
                  className={index === crumbs.length - 1 ? 'text-ink' : undefined}
                >
                  {crumb.label}
                </span>
              ) : (
                <Link href={crumb.href} className="rounded-sm hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}

/** PageHeaderProps: `title` is the page's only h1; `status` stands beside it; `description` is a sentence under it. */
export interface PageHeaderProps {
  crumbs?: readonly Crumb[];
  title: ReactNode;
  status?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
}

/** PageHeader says where one is, what this is, how it is, and what can be done. */
export function PageHeader({ crumbs, title, status, description, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-2">
      {crumbs === undefined ? null : <Breadcrumbs crumbs={crumbs} />}
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 break-words font-semibold text-ink text-xl leading-7 tracking-[-0.01em]">{title}</h1>
            {status}
          </div>
          {description === undefined ? null : <div className="mt-0.5 text-[13px] text-ink-muted">{description}</div>}
        </div>
        {actions === undefined ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
