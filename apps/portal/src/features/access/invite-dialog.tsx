'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { emailSchema } from '@slipway/domain';
import { Button, CopyButton, Dialog, Field, Input, Notice, Select } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { FormError } from '@/components/form-error.tsx';
import { showServerError } from '@/components/server-error.ts';
import type { DialogParam } from '@/components/use-dialog-param.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { TEAM_ROLE_OPTIONS } from './words.ts';

const schema = z.object({ email: emailSchema, role: z.enum(['team_admin', 'team_member']) });
type InviteDialogProps = DialogParam & { team: string };

/** InviteDialog invites a person and shows the link once. */
export function InviteDialog({ team, isOpen, onOpenChange, settle }: InviteDialogProps) {
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="Invite person">
      <InviteForm team={team} onDone={() => onOpenChange(false)} onMade={settle} />
    </Dialog>
  );
}

function InviteForm({ team, onDone, onMade }: { team: string; onDone(): void; onMade(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [made, setMade] = useState<{ email: string; link: string }>();
  const invite = useMutation(trpc.access.inviteMember.mutationOptions());
  const form = useForm({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    defaultValues: { email: '', role: 'team_member' as const },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const { invitation, acceptPath } = await invite.mutateAsync({ team, ...values });
      setMade({ email: invitation.email, link: new URL(acceptPath, window.location.origin).toString() });
      onMade();
      await queryClient.invalidateQueries(trpc.access.pathFilter());
    } catch (cause) {
      showServerError(cause, form.setError, ['email', 'role']);
    }
  });
  if (made !== undefined) {
    return (
      <div className="flex flex-col gap-4 pt-2">
        <Notice tone="success" title={`Send this link to ${made.email}`}>
          It is shown only now, works once and only for this person.
        </Notice>
        <div className="flex items-end gap-2">
          <Field label="Invitation link" isRequired className="flex-1">
            <Input readOnly value={made.link} onFocus={(event) => event.target.select()} className="font-mono" />
          </Field>
          <CopyButton text={made.link} label="Copy link" hasWords className="h-8" />
        </div>
        <div className="flex justify-end">
          <Button variant="primary" onClick={onDone}>
            Done
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-2">
      <FormError message={errors.root?.message} />
      <Field label="E-mail" isRequired error={errors.email?.message}>
        <Input type="email" autoFocus autoComplete="off" {...form.register('email')} />
      </Field>
      <Field
        label="Role"
        isRequired
        help="Team admins also invite people and change roles."
        error={errors.role?.message}
      >
        <Select options={TEAM_ROLE_OPTIONS} {...form.register('role')} />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isPending={isSubmitting}>
          Invite person
        </Button>
      </div>
    </form>
  );
}
