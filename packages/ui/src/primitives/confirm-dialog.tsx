'use client';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { Input } from './input.tsx';
import { Notice } from './states.tsx';

/** ConfirmDialogProps: `name` is what must be typed (leave out to only ask); `onConfirm` gets what was typed; `error` is the server's refusal. */
export interface ConfirmDialogProps {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  title: string;
  description: ReactNode;
  confirmLabel: string;
  name?: string;
  isPending?: boolean;
  error?: string | undefined;
  trigger?: ReactNode;
  children?: ReactNode;
  onConfirm(typed: string): void;
}

/** ConfirmDialog asks before something is destroyed; what carries traffic asks for its name. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onOpenChange, title, description, trigger } = props;
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={title} description={description} trigger={trigger}>
      <ConfirmForm {...props} />
    </Dialog>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const { onOpenChange, confirmLabel, name, isPending = false, error, children, onConfirm } = props;
  const [typed, setTyped] = useState('');
  const isRight = name === undefined || typed.trim() === name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRight) onConfirm(typed.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 pt-2">
      {children}
      {name === undefined ? null : (
        <Field label={`Type ${name} to confirm`} isRequired>
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            autoFocus
          />
        </Field>
      )}
      {error === undefined ? null : (
        <Notice tone="danger" isAlert>
          {error}
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>Keep it</Button>
        <Button type="submit" variant="dangerFilled" disabled={!isRight} isPending={isPending}>
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
