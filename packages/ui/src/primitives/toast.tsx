'use client';
import { Toaster as Sonner } from 'sonner';

export { toast } from 'sonner';

/** Toaster shows what just happened; put it once around the application and call `toast(...)`, `toast.error(...)`. */
export function Toaster({ theme }: { theme: 'light' | 'dark' | 'system' }) {
  return (
    <Sonner
      theme={theme}
      position="bottom-right"
      closeButton
      toastOptions={{
        style: {
          background: 'var(--surface-raised)',
          color: 'var(--ink)',
          border: '1px solid var(--line)',
          borderRadius: '6px',
          boxShadow: 'var(--shadow-float)',
          fontFamily: 'var(--font-sans)',
          fontSize: '13px',
        },
      }}
    />
  );
}
