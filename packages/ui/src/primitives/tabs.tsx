'use client';
import { cn } from '../lib/cn.ts';
import { Link } from '../lib/link.tsx';

/** TabLink is one tab: its address is its state. */
export interface TabLink {
  id: string;
  label: string;
  href: string;
  count?: number;
}

/** Tabs are links between the views of one thing; the URL says which is open. */
export function Tabs({ label, tabs, active }: { label: string; tabs: readonly TabLink[]; active: string }) {
  return (
    <nav aria-label={label} className="-mb-px overflow-x-auto border-line border-b">
      <ul className="flex gap-1">
        {tabs.map((tab) => (
          <li key={tab.id}>
            <Link
              href={tab.href}
              aria-current={tab.id === active ? 'page' : undefined}
              className={cn(
                'flex items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 px-3 py-2 font-medium text-[13px] text-ink-muted -outline-offset-2 hover:text-ink pointer-coarse:min-h-11',
                tab.id === active && 'border-accent text-ink',
              )}
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="numeric rounded-full bg-surface-hover px-1.5 text-[11.5px] text-ink-muted">
                  {tab.count}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
