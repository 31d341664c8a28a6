import { cn } from '../lib/cn.ts';

/** ProgressProps: `value` is 0 to 1, null while the end is not known; `label` is its accessible name. */
export interface ProgressProps {
  value: number | null;
  label: string;
  tone?: 'accent' | 'success' | 'warning' | 'danger';
  className?: string;
}
const TONES = {
  accent: 'bg-accent',
  success: 'bg-success',
  warning: 'bg-warning',
  danger: 'bg-danger',
};

/** Progress is how far something is, or how much of something is used. */
export function Progress({ value, label, tone = 'accent', className }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-line', className)}
    >
      <div
        className={cn('h-full rounded-full transition-[width]', TONES[tone], percent === null && 'w-1/3 animate-pulse')}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
