import { cn } from '../lib/cn.ts';
import { CopyButton } from './copy-button.tsx';

/** CodeBlock is text to be copied; `label` names it; it scrolls in its own box. */
export function CodeBlock({
  code,
  label,
  maxHeight,
  className,
}: {
  code: string;
  label: string;
  maxHeight?: number;
  className?: string;
}) {
  return (
    <div className={cn('relative min-w-0 rounded-md border border-line bg-surface-sunken', className)}>
      <section
        aria-label={label}
        tabIndex={0}
        className="overflow-auto p-3 pr-11"
        style={maxHeight === undefined ? undefined : { maxHeight }}
      >
        <pre className="font-mono text-[12.5px] text-ink leading-5 [font-variant-ligatures:none]">{code}</pre>
      </section>
      <CopyButton text={code} label={`Copy ${label}`} className="absolute top-1.5 right-1.5 bg-surface-sunken" />
    </div>
  );
}
