import type { ReactNode } from 'react';

/** Kbd shows a key that does the same; it is not part of the button's name. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd aria-hidden className="rounded-sm border border-current/40 px-1 font-mono text-[10.5px] leading-4 opacity-80">
      {children}
    </kbd>
  );
}
