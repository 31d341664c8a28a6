'use client';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import { addToast, currentToasts, dismissToast, subscribeToToasts, type ToastItem } from './toast-store.ts';

interface ToastOptions {
  action?: { label: string; run(): void };
}

/** toast says that something worked; `toast.error` that it did not and why. */
export const toast = Object.assign(
  (text: string, options: ToastOptions = {}) => addToast({ text, tone: 'info', ...options }),
  {
    error: (text: string, options: ToastOptions = {}) => addToast({ text, tone: 'error', ...options }),
  },
);

const NO_TOASTS: readonly ToastItem[] = [];

/** Toaster is where toasts appear; put it once around the application. */
export function Toaster() {
  const items = useSyncExternalStore(subscribeToToasts, currentToasts, () => NO_TOASTS);
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 left-4 z-50 flex flex-col items-end gap-2"
    >
      {items.map((item) => (
        <Toast key={item.id} item={item} />
      ))}
    </section>
  );
}

function Toast({ item }: { item: ToastItem }) {
  const { action } = item;
  return (
    <div
      role={item.tone === 'error' ? 'alert' : undefined}
      className="pointer-events-auto flex w-full max-w-96 items-start gap-2.5 rounded-md border border-line bg-surface-raised py-2 pr-2 pl-3 text-[13px] text-ink shadow-float"
    >
      {item.tone === 'error' ? (
        <CircleAlert aria-hidden className="mt-1.5 size-4 shrink-0 text-danger" />
      ) : (
        <CircleCheck aria-hidden className="mt-1.5 size-4 shrink-0 text-success" />
      )}
      <p className="min-w-0 flex-1 break-words py-1">{item.text}</p>
      {action === undefined ? null : (
        <Button
          size="sm"
          onClick={() => {
            action.run();
            dismissToast(item.id);
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton size="sm" label="Dismiss" onClick={() => dismissToast(item.id)}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
