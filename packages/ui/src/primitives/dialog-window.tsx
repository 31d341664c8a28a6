'use client';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { cn } from '../lib/cn.ts';
import type { DialogProps } from './dialog.tsx';
import { IconButton } from './icon-button.tsx';

const PLACES = {
  centre:
    'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line',
  left: 'top-0 left-0 h-dvh w-72 max-w-[85vw] border-line border-r',
  right: 'top-0 right-0 h-dvh w-full max-w-md border-line border-l',
};
const WIDTHS = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-3xl' };

// The first field, not the button that closes: who opened the window came to fill it in.
function focusFirstField(event: Event): void {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return;
  const first = target.querySelector<HTMLElement>(
    '[data-dialog-body] :is([autofocus], input, select, textarea, a[href], button):not(:disabled)',
  );
  if (first === null) return;
  event.preventDefault();
  first.focus();
}

/** DialogWindow is the window of a Dialog. */
export default function DialogWindow(props: Omit<DialogProps, 'trigger'>) {
  const { isOpen, onOpenChange, title, description, footer, side = 'centre', width = 'md', children } = props;
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusFirstField}
          className={cn(
            'fixed z-40 flex flex-col bg-surface-raised shadow-float outline-none',
            PLACES[side],
            side === 'centre' && WIDTHS[width],
          )}
        >
          <div className="flex items-start gap-4 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Radix.Title className="break-words font-semibold text-[15px] text-ink leading-6">{title}</Radix.Title>
              {description === undefined ? null : (
                <Radix.Description className="mt-0.5 text-[13px] text-ink-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton size="sm" label="Close">
                <X aria-hidden />
              </IconButton>
            </Radix.Close>
          </div>
          <div data-dialog-body className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">
            {children}
          </div>
          {footer === undefined ? null : (
            <div className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3">{footer}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
