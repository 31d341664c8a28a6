import { Ship } from 'lucide-react';
import type { ReactNode } from 'react';

/** AuthFrame is the page around sign-in, invitation and change of password. */
export function AuthFrame({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main id="content" className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2 font-semibold text-ink text-lg">
          <Ship aria-hidden className="size-5 text-accent-text" />
          Slipway
        </div>
        <div className="rounded-lg border border-line bg-surface p-6">
          <h1 className="font-semibold text-[17px] text-ink leading-6">{title}</h1>
          {description === undefined ? null : <div className="mt-1 text-[13px] text-ink-muted">{description}</div>}
          <div className="mt-5">{children}</div>
        </div>
      </div>
    </main>
  );
}
