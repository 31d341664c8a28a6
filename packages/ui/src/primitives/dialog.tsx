'use client';
import { Slot } from 'radix-ui';
import { lazy, type ReactNode, Suspense, useState } from 'react';

/** DialogProps: controlled by `isOpen`; `trigger` is a button that opens it; `side` makes it a drawer. */
export interface DialogProps {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  title: string;
  description?: ReactNode;
  trigger?: ReactNode;
  footer?: ReactNode;
  side?: 'centre' | 'left' | 'right';
  width?: 'sm' | 'md' | 'lg';
  children?: ReactNode;
}

// A dialog's machinery comes with the first dialog that is opened.
const DialogWindow = lazy(() => import('./dialog-window.tsx'));

/** Dialog asks one thing above the page; Escape closes it and focus goes back. */
export function Dialog({ trigger, ...props }: DialogProps) {
  const [wasOpened, setWasOpened] = useState(props.isOpen);
  if (props.isOpen && !wasOpened) setWasOpened(true);
  return (
    <>
      {trigger === undefined ? null : (
        <Slot.Root aria-haspopup="dialog" onClick={() => props.onOpenChange(true)}>
          {trigger}
        </Slot.Root>
      )}
      {wasOpened ? (
        <Suspense>
          <DialogWindow {...props} />
        </Suspense>
      ) : null}
    </>
  );
}
