'use client';
import { ChevronDown } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react';
import { cn } from '../lib/cn.ts';
import { useFieldProps } from './field.tsx';

const CONTROL =
  'w-full min-w-0 rounded-md border border-line-strong/60 bg-surface px-2.5 text-[13.5px] text-ink placeholder:text-ink-subtle hover:border-line-strong focus-visible:border-accent focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-surface-sunken disabled:text-ink-subtle aria-invalid:border-danger pointer-coarse:min-h-11';

/** InputProps: `unit` stands inside the field at its end. */
export type InputProps = InputHTMLAttributes<HTMLInputElement> & {
  unit?: ReactNode;
  ref?: Ref<HTMLInputElement>;
};

/** Input is one line of text or a number. */
export function Input({ unit, className, ...rest }: InputProps) {
  const field = useFieldProps();
  const control = (
    <input {...rest} {...field} className={cn(CONTROL, 'h-8', unit !== undefined && 'pr-16', className)} />
  );
  if (unit === undefined) return control;
  return (
    <span className="relative block">
      {control}
      <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-[12.5px] text-ink-subtle">
        {unit}
      </span>
    </span>
  );
}

/** Textarea is several lines of text. */
export function Textarea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & {
  ref?: Ref<HTMLTextAreaElement>;
}) {
  const field = useFieldProps();
  return <textarea rows={3} {...rest} {...field} className={cn(CONTROL, 'py-1.5 leading-5', className)} />;
}

/** SelectOption is one choice. */
export interface SelectOption {
  value: string;
  label: string;
  isDisabled?: boolean;
}
/** SelectProps: `placeholder` is shown while the value is empty. */
export type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'children'> & {
  options: readonly SelectOption[];
  placeholder?: string;
  ref?: Ref<HTMLSelectElement>;
};

/** Select chooses one of a few; it is the browser's own, so that keyboard and phone work as everywhere. */
export function Select({ options, placeholder, className, ...rest }: SelectProps) {
  const field = useFieldProps();
  return (
    <span className="relative block min-w-0">
      <select {...rest} {...field} className={cn(CONTROL, 'h-8 appearance-none truncate pr-8', className)}>
        {placeholder === undefined ? null : <option value="">{placeholder}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.isDisabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-ink-subtle"
      />
    </span>
  );
}
