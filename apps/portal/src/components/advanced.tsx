'use client';
import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';

/** Advanced folds what is right for most. A field at fault unfolds it, and it stays open once that is mended: the person is still typing there. */
export function Advanced({ hasError, children }: { hasError: boolean; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  if (hasError && !isOpen) setOpen(true);
  return (
    <details className="group mt-4" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-8 w-fit list-none items-center gap-1.5 rounded-sm font-medium text-[13px] text-ink-muted hover:text-ink pointer-coarse:min-h-11">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        Advanced
      </summary>
      <div className="mt-3 grid gap-4 sm:grid-cols-2">{children}</div>
    </details>
  );
}
