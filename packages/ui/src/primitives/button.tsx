'use client';
import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { cn } from '../lib/cn.ts';
import { Spinner } from './spinner.tsx';

const buttonClass = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
        secondary: 'border border-line bg-surface text-ink hover:bg-surface-hover',
        ghost: 'text-ink-muted hover:bg-surface-hover hover:text-ink',
        danger: 'border border-danger/40 bg-surface text-danger hover:bg-danger-soft',
        dangerFilled: 'bg-danger text-background hover:bg-danger-hover',
        link: 'h-auto px-0 text-accent-text underline-offset-2 hover:underline',
      },
      size: {
        sm: 'h-7 px-2.5 text-[12.5px]',
        md: 'h-8 px-3 text-[13px]',
        lg: 'h-10 px-4 text-sm',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

/** ButtonProps: `isPending` shows a spinner and blocks a second press; `asChild` styles a link as a button. */
export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> &
  VariantProps<typeof buttonClass> & {
    isPending?: boolean;
    asChild?: boolean;
    ref?: Ref<HTMLButtonElement>;
  };

/** Button is a verb with an object; a page has one of variant `primary`. */
export function Button({
  variant,
  size,
  isPending = false,
  asChild = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  const classes = cn(buttonClass({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root {...rest} className={classes}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || isPending}
      aria-busy={isPending}
      className={classes}
    >
      {isPending ? <Spinner /> : null}
      {children}
    </button>
  );
}
