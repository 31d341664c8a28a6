'use client';
import { cn } from '../lib/cn.ts';
import { Button, type ButtonProps } from './button.tsx';
import { Tooltip } from './tooltip.tsx';

/** IconButton is a square button whose `label` is its accessible name and tooltip. */
export function IconButton({
  label,
  className,
  children,
  ...rest
}: Omit<ButtonProps, 'aria-label'> & { label: string }) {
  return (
    <Tooltip label={label}>
      <Button
        variant="ghost"
        {...rest}
        aria-label={label}
        className={cn('w-8 px-0 pointer-coarse:min-w-11', rest.size === 'sm' && 'w-7', className)}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
