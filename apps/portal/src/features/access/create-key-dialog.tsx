'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { nameSchema } from '@slipway/domain';
import { Button, CodeBlock, Dialog, Field, Input, Notice, Select } from '@slipway/ui';
import { type ReactNode, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { FormError } from '@/components/form-error.tsx';
import { showServerError } from '@/components/server-error.ts';
import type { DialogParam } from '@/components/use-dialog-param.ts';

const schema = z.object({ name: nameSchema, expiresInDays: z.coerce.number().int().min(1).max(365) });
const LIFETIMES = [7, 30, 90, 180, 365].map((days) => ({ value: String(days), label: `${days} days` }));

/** CreateKeyDialogProps: `create` makes it and gives the secret; `children` are shown under the secret. */
export interface CreateKeyDialogProps extends DialogParam {
  title: string;
  noun: string;
  create(values: { name: string; expiresInDays: number }): Promise<{ secret: string }>;
  children(secret: string): ReactNode;
}

/** CreateKeyDialog makes a key or token and shows its secret once. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  return (
    <Dialog isOpen={props.isOpen} onOpenChange={props.onOpenChange} title={props.title} width="md">
      <CreateKeyForm {...props} />
    </Dialog>
  );
}

function CreateKeyForm({ title, noun, onOpenChange, settle, create, children }: CreateKeyDialogProps) {
  const [secret, setSecret] = useState<string>();
  const form = useForm({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    defaultValues: { name: '', expiresInDays: '90' } as z.input<typeof schema>,
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      setSecret((await create(values)).secret);
      settle();
    } catch (cause) {
      showServerError(cause, form.setError, ['name', 'expiresInDays']);
    }
  });
  if (secret !== undefined) {
    return (
      <div className="flex flex-col gap-4 pt-2">
        <Notice tone="warning" title={`Copy this ${noun} now`}>
          It is shown only once; only its hash is kept.
        </Notice>
        <CodeBlock label={noun} code={secret} />
        {children(secret)}
        <div className="flex justify-end">
          <Button variant="primary" onClick={() => onOpenChange(false)}>
            I copied it
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-2">
      <FormError message={errors.root?.message} />
      <Field
        label="Name"
        isRequired
        help="Says what uses it, so that you know what stops when it is revoked."
        error={errors.name?.message}
      >
        <Input autoFocus autoComplete="off" {...form.register('name')} />
      </Field>
      <Field label="Expires after" isRequired error={errors.expiresInDays?.message}>
        <Select options={LIFETIMES} {...form.register('expiresInDays')} />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
        <Button type="submit" variant="primary" isPending={isSubmitting}>
          {title}
        </Button>
      </div>
    </form>
  );
}
