'use client';
import { Dialog, Spinner } from '@slipway/ui';
import dynamic from 'next/dynamic';
import { useEffect } from 'react';

const PaletteList = dynamic(() => import('./palette-list.tsx'), {
  ssr: false,
  loading: () => <Spinner className="m-6" />,
});

/** CommandPalette goes anywhere by typing; Ctrl or Cmd and K open it on every page. */
export function CommandPalette({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange(isOpen: boolean): void }) {
  // The outside system is the keyboard: a shortcut is heard wherever the focus is.
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      onOpenChange(true);
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [onOpenChange]);
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="Go to" width="md">
      <PaletteList onChoose={() => onOpenChange(false)} />
    </Dialog>
  );
}
