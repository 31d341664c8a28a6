'use client';
import { Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';
import { IconButton } from './icon-button.tsx';

/** FilterChipsProps: one of `options` or none (`null`) is chosen; `label` names the group. */
export interface FilterChipsProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: string; count?: number }[];
  value: Value | null;
  allLabel?: string;
  onChange(value: Value | null): void;
}

/** FilterChips narrows a list to one value; the chosen chip is pressed. */
export function FilterChips<Value extends string>(props: FilterChipsProps<Value>) {
  const { label, options, value, allLabel = 'All', onChange } = props;
  return (
    <fieldset aria-label={label} className="flex flex-wrap gap-1.5">
      <Chip isPressed={value === null} onPress={() => onChange(null)}>
        {allLabel}
      </Chip>
      {options.map((option) => (
        <Chip key={option.value} isPressed={value === option.value} onPress={() => onChange(option.value)}>
          {option.label}
          {option.count === undefined ? null : <span className="numeric text-ink-subtle">{option.count}</span>}
        </Chip>
      ))}
    </fieldset>
  );
}

function Chip({ isPressed, onPress, children }: { isPressed: boolean; onPress(): void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isPressed}
      onClick={onPress}
      className={cn(
        'inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-2.5 text-[12.5px] text-ink-muted hover:bg-surface-hover hover:text-ink pointer-coarse:min-h-11 pointer-coarse:px-4',
        isPressed &&
          'border-accent bg-accent-soft font-medium text-accent-text hover:bg-accent-soft hover:text-accent-text',
      )}
    >
      {children}
    </button>
  );
}

/** SearchInput narrows a list by words; `label` is its accessible name. */
export function SearchInput({
  label,
  value,
  onChange,
  placeholder,
  className,
}: {
  label: string;
  value: string;
  onChange(value: string): void;
  placeholder?: string;
  className?: string;
}) {
  return (
    <span className={cn('relative block w-full sm:w-64', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-subtle"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        maxLength={100}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-full rounded-md border border-line-strong/60 bg-surface pr-9 pl-8 text-[13.5px] text-ink placeholder:text-ink-subtle hover:border-line-strong pointer-coarse:min-h-11 [&::-webkit-search-cancel-button]:hidden"
      />
      {value === '' ? null : (
        <span className="absolute top-1/2 right-0.5 -translate-y-1/2">
          <IconButton size="sm" label="Clear search" onClick={() => onChange('')}>
            <X aria-hidden />
          </IconButton>
        </span>
      )}
    </span>
  );
}

/** Toolbar lays search, chips and actions of a list in one row that wraps. */
export function Toolbar({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cn('flex flex-wrap items-center gap-x-3 gap-y-2', className)}>{children}</div>;
}
