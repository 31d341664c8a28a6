'use client';
import type { LucideIcon } from 'lucide-react';
import { Slot } from 'radix-ui';
import { lazy, type ReactNode, startTransition, useState } from 'react';

/** MenuItem is an action (`onSelect`), a link (`href`), a line (`separator`) or a heading. */
export type MenuItem =
  | { kind: 'separator'; id: string }
  | { kind: 'heading'; id: string; label: string }
  | {
      kind?: 'item';
      id: string;
      label: ReactNode;
      icon?: LucideIcon;
      href?: string;
      onSelect?: () => void;
      isDanger?: boolean;
      isDisabled?: boolean;
      isChecked?: boolean;
    };
/** DropdownMenuProps: `trigger` is a Button or IconButton. */
export interface DropdownMenuProps {
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: 'start' | 'end';
  className?: string;
}

// A menu's machinery is a tenth of a page's budget: it comes with the first menu that is opened.
const loadMenu = () => import('./dropdown-menu-radix.tsx');
const OpenMenu = lazy(loadMenu);

/** DropdownMenu opens a list of actions under `trigger`. */
export function DropdownMenu(props: DropdownMenuProps) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted) return <OpenMenu {...props} />;
  return (
    <Slot.Root
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => startTransition(() => setWanted(true))}
    >
      {props.trigger}
    </Slot.Root>
  );
}
