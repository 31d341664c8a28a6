'use client';
import { Button, Field, Input, Link, Notice } from '@slipway/ui';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { PASSWORD_RULES } from '@/components/form-rules.ts';
import { showServerError } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { signIn } from './sign-in.ts';

const ROLE_WORDS = { team_admin: 'team admin', team_member: 'team member' };
const OVER = {
  succeeded: 'This invitation was already accepted. Sign in to go on.',
  expired: 'This invitation expired. Ask the team admin for a new one.',
  cancelled: 'This invitation was cancelled. Ask the team admin for a new one.',
};
/** InvitePage shows an invitation; a person without an account makes one by accepting. */
export function InvitePage({ token }: { token: string }) {
  const trpc = useTRPC();
  const { data: invitation } = useSuspenseQuery(trpc.access.getInvitation.queryOptions({ token }));
  if (invitation.status !== 'pending') {
    return (
      <AuthFrame title="Invitation">
        <Notice tone={invitation.status === 'succeeded' ? 'info' : 'warning'}>{OVER[invitation.status]}</Notice>
        <Button asChild className="mt-4">
          <Link href="/login">Go to sign in</Link>
        </Button>
      </AuthFrame>
    );
  }
  const description = `${invitation.email} is invited as ${ROLE_WORDS[invitation.role]}.`;
  return (
    <AuthFrame title={`Join ${invitation.teamName}`} description={description}>
      {invitation.hasAccount ? <JoinWithAccount token={token} /> : <JoinAsNew token={token} />}
    </AuthFrame>
  );
}

function JoinWithAccount({ token }: { token: string }) {
  const trpc = useTRPC();
  const accept = useMutation(
    trpc.access.acceptInvitation.mutationOptions({
      onSuccess: ({ teamSlug }) => window.location.assign(`/teams/${teamSlug}/quota`),
    }),
  );
  return (
    <div className="flex flex-col gap-4">
      {accept.error === null ? null : (
        <Notice tone="danger" isAlert>
          {accept.error.message}
        </Notice>
      )}
      <Button variant="primary" size="lg" isPending={accept.isPending} onClick={() => accept.mutate({ token })}>
        Accept invitation
      </Button>
    </div>
  );
}

function JoinAsNew({ token }: { token: string }) {
  const trpc = useTRPC();
  const accept = useMutation(trpc.access.acceptInvitation.mutationOptions());
  const form = useForm({ mode: 'onTouched', defaultValues: { name: '', password: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const { email, teamSlug } = await accept.mutateAsync({ token, ...values });
      await signIn(email, values.password);
      window.location.assign(`/teams/${teamSlug}/quota`);
    } catch (cause) {
      showServerError(cause, form.setError, ['name', 'password']);
    }
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert>
          {errors.root.message}
        </Notice>
      )}
      <Field label="Your name" isRequired error={errors.name?.message}>
        <Input
          autoComplete="name"
          autoFocus
          {...form.register('name', { required: 'Give your name.', maxLength: 120 })}
        />
      </Field>
      <Field label="Password" isRequired help="At least 12 characters." error={errors.password?.message}>
        <Input type="password" autoComplete="new-password" {...form.register('password', PASSWORD_RULES)} />
      </Field>
      <Button type="submit" variant="primary" size="lg" isPending={isSubmitting}>
        Create account and join
      </Button>
    </form>
  );
}
