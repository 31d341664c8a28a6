'use client';
import { Button, Field, Input, Notice } from '@slipway/ui';
import { useForm } from 'react-hook-form';
import { PASSWORD_RULES } from '@/components/form-rules.ts';
import { messageOf } from '@/components/server-error.ts';
import { changePassword } from './sign-in.ts';

/** ChangePasswordForm sets a new password; `onDone` runs when it holds. */
export function ChangePasswordForm({ onDone }: { onDone(): void }) {
  const form = useForm({
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
        <Input
          type="password"
          autoComplete="current-password"
          {...form.register('current', { required: 'Give the password you signed in with.' })}
        />
      </Field>
      <Field label="New password" isRequired help="At least 12 characters." error={errors.next?.message}>
        <Input
          type="password"
          autoComplete="new-password"
          {...form.register('next', {
            ...PASSWORD_RULES,
            validate: (next, values) => next !== values.current || 'Choose another than the current one.',
          })}
        />
      </Field>
      <Field label="Repeat new password" isRequired error={errors.repeat?.message}>
        <Input
          type="password"
          autoComplete="new-password"
          {...form.register('repeat', {
            validate: (repeat, values) => repeat === values.next || 'This is not the same password.',
          })}
        />
      </Field>
      <Button type="submit" variant="primary" isPending={isSubmitting}>
        Change password
      </Button>
    </form>
  );
}
