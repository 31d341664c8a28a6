'use client';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useState } from 'react';

/** DialogParam is a dialog that the address can open. */
export interface DialogParam {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** settle takes the dialog out of the address and leaves it open: what it shows now is shown once, and a reload must not begin again. */
  settle(): void;
}

/** useDialogParam opens a dialog by `?name=true`, so that a link or the palette can open it. */
export function useDialogParam(name: string): DialogParam {
  const [param, setParam] = useQueryState(name, parseAsBoolean.withDefault(false));
  const [isHeld, setHeld] = useState(false);
  return {
    isOpen: param || isHeld,
    onOpenChange: (isOpen) => {
      setHeld(false);
      void setParam(isOpen ? true : null);
    },
    settle: () => {
      setHeld(true);
      void setParam(null);
    },
  };
}
