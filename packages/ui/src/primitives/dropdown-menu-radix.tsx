'use client';
import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import { cn } from '../lib/cn.ts';
import { Link } from '../lib/link.tsx';
import type { DropdownMenuProps, MenuItem } from './dropdown-menu.tsx';

const ITEM =
  'flex min-h-8 cursor-pointer select-none items-center gap-2 rounded-sm px-2 py-1 text-[13px] text-ink outline-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-55 data-[highlighted]:bg-surface-hover pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-muted';

/** DropdownMenuRadix is an opened menu, and then its trigger. */
export default function DropdownMenuRadix({ trigger, items, align = 'end', className }: DropdownMenuProps) {
  return (
    <Radix.Root modal={false} defaultOpen>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            'z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] min-w-44 max-w-80 overflow-y-auto rounded-md border border-line bg-surface-raised p-1 shadow-float',
            className,
          )}
        >
          {items.map((item) => (
            <Entry key={item.id} item={item} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ item }: { item: MenuItem }) {
  if (item.kind === 'separator') return <Radix.Separator className="my-1 h-px bg-line" />;
  if (item.kind === 'heading') {
    return <Radix.Label className="px-2 py-1 font-medium text-ink-muted text-xs">{item.label}</Radix.Label>;
  }
  const Icon = item.icon;
  const inside = (
    <>
      {Icon === undefined ? null : <Icon aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.isChecked === true ? <Check aria-label="chosen" /> : null}
    </>
  );
  const classes = cn(ITEM, item.isDanger === true && 'text-danger [&_svg]:text-danger');
  if (item.href !== undefined) {
    return (
      <Radix.Item asChild disabled={item.isDisabled} onSelect={item.onSelect}>
        <Link href={item.href} className={classes}>
          {inside}
        </Link>
      </Radix.Item>
    );
  }
  return (
    <Radix.Item disabled={item.isDisabled} onSelect={item.onSelect} className={classes}>
      {inside}
    </Radix.Item>
  );
}
