'use client';
import { Button, Field, Input, Notice } from '@slipway/ui';
import { useForm } from 'react-hook-form';
import { messageOf } from '@/components/server-error.ts';
import { signIn } from './sign-in.ts';

// Rules by hand: the page that everybody sees first carries no schema library.
const RULES = {
  email: {
    required: 'Give your e-mail address.',
    pattern: { value: /^[^@\s]+@[^@\s]+$/, message: 'Give your e-mail address, such as ada@example.com.' },
  },
  password: { required: 'Give your password.' },
};

/** LoginForm signs in and goes to `next`. */
export function LoginForm({ next }: { next: string }) {
  const form = useForm({
    mode: 'onTouched',
    defaultValues: { email: '', password: '' },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(async ({ email, password }) => {
    try {
      await signIn(email, password);
    } catch (cause) {
      form.setError('root', { message: messageOf(cause) });
      return;
    }
    // A whole new page load: nothing of another person's session stays in memory.
    window.location.assign(next);
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert>
          {errors.root.message}
        </Notice>
      )}
      <Field label="E-mail" isRequired error={errors.email?.message}>
        <Input type="email" autoComplete="username" autoFocus {...form.register('email', RULES.email)} />
      </Field>
      <Field label="Password" isRequired error={errors.password?.message}>
        <Input type="password" autoComplete="current-password" {...form.register('password', RULES.password)} />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        isPending={isSubmitting || (isSubmitSuccessful && errors.root === undefined)}
      >
        Sign in
      </Button>
    </form>
  );
}
