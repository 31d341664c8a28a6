'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Field, Input, Notice } from '@slipway/ui';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { messageOf } from '@/components/server-error.ts';
import { changePassword } from './sign-in.ts';

const MIN_LENGTH = 12;
const schema = z
  .object({
    current: z.string().min(1, 'Give the password you signed in with.'),
    next: z.string().min(MIN_LENGTH, `Use at least ${MIN_LENGTH} characters.`),
    repeat: z.string(),
  })
  .refine((values) => values.next === values.repeat, { path: ['repeat'], message: 'This is not the same password.' })
  .refine((values) => values.next !== values.current, {
    path: ['next'],
    message: 'Choose another than the current one.',
  });

/** ChangePasswordForm sets a new password; `onDone` runs when it holds. */
export function ChangePasswordForm({ onDone }: { onDone(): void }) {
  const form = useForm({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    defaultValues: { current: '', next: '', repeat: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      await changePassword(values.current, values.next);
    } catch (cause) {
      form.setError('root', { message: messageOf(cause) });
      return;
    }
    form.reset();
    onDone();
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert>
          {errors.root.message}
        </Notice>
      )}
      <Field label="Current password" isRequired error={errors.current?.message}>
        <Input type="password" autoComplete="current-password" {...form.register('current')} />
      </Field>
      <Field label="New password" isRequired help={`At least ${MIN_LENGTH} characters.`} error={errors.next?.message}>
        <Input type="password" autoComplete="new-password" {...form.register('next')} />
      </Field>
      <Field label="Repeat new password" isRequired error={errors.repeat?.message}>
        <Input type="password" autoComplete="new-password" {...form.register('repeat')} />
      </Field>
      <Button type="submit" variant="primary" isPending={isSubmitting}>
        Change password
      </Button>
    </form>
  );
}
