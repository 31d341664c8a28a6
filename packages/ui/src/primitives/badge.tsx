import { cva, type VariantProps } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';

const badgeClass = cva(
  'inline-flex w-fit max-w-full items-center gap-1 whitespace-nowrap rounded-full px-2 py-px font-medium text-[11.5px] leading-4.5 [&_svg]:size-3 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        neutral: 'bg-surface-hover text-ink-muted',
        accent: 'bg-accent-soft text-accent-text',
        success: 'bg-success-soft text-success',
        warning: 'bg-warning-soft text-warning',
        danger: 'bg-danger-soft text-danger',
        info: 'bg-info-soft text-info',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);
/** Tone is what a colour means. */
export type Tone = NonNullable<VariantProps<typeof badgeClass>['tone']>;

/** Badge is one word about a thing. */
export function Badge({
  tone,
  icon,
  className,
  children,
}: {
  tone?: Tone;
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span className={cn(badgeClass({ tone }), className)}>
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
