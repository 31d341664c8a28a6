'use client';
import { CircleAlert } from 'lucide-react';
import { createContext, type ReactNode, useContext, useId } from 'react';
import { cn } from '../lib/cn.ts';

interface FieldState {
  id: string;
  'aria-describedby'?: string | undefined;
  'aria-invalid'?: true | undefined;
  'aria-required'?: true | undefined;
}
const FieldContext = createContext<FieldState | null>(null);

/** useFieldProps gives a control inside a Field its id and what describes it. */
export function useFieldProps(): FieldState | Record<string, never> {
  return useContext(FieldContext) ?? {};
}

/** FieldProps: `error` is the sentence under the field; `isRequired` marks the label. */
export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  isRequired?: boolean;
  className?: string;
  children: ReactNode;
}

/** Field puts a label above, help and error under one control; the control finds its id by context. */
export function Field({ label, help, error, isRequired = false, className, children }: FieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  const errorId = `${id}-error`;
  const describedBy = [error === undefined ? '' : errorId, help === undefined ? '' : helpId].filter(Boolean).join(' ');
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-medium text-[13px] text-ink">
        {label}
        {isRequired ? null : <span className="ml-1 font-normal text-ink-subtle">(optional)</span>}
      </label>
      <FieldContext
        value={{
          id,
          'aria-describedby': describedBy === '' ? undefined : describedBy,
          'aria-invalid': error === undefined ? undefined : true,
          'aria-required': isRequired ? true : undefined,
        }}
      >
        {children}
      </FieldContext>
      {error === undefined ? null : (
        <p id={errorId} role="alert" className="flex items-start gap-1.5 text-[12.5px] text-danger">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      )}
      {help === undefined ? null : (
        <p id={helpId} className="text-[12.5px] text-ink-muted">
          {help}
        </p>
      )}
    </div>
  );
}

/** Fieldset groups controls that belong together under one legend. */
export function Fieldset({ legend, help, children }: { legend: string; help?: ReactNode; children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1.5 font-medium text-[13px] text-ink">{legend}</legend>
      {children}
      {help === undefined ? null : <p className="text-[12.5px] text-ink-muted">{help}</p>}
    </fieldset>
  );
}
