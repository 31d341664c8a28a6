'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { nameSchema, slugSchema } from '@slipway/domain';
import { Button, Dialog, Field, Input, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { FormError } from '@/components/form-error.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { toSlug } from './words.ts';

const schema = z.object({ name: nameSchema, slug: slugSchema });

/** CreateTeamDialog makes a team and goes to its members. */
export function CreateTeamDialog({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange(isOpen: boolean): void }) {
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="Create team" description="You become its team admin.">
      <CreateTeamForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function CreateTeamForm({ onDone }: { onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const create = useMutation(trpc.access.createTeam.mutationOptions());
  const form = useForm({ resolver: zodResolver(schema), mode: 'onTouched', defaultValues: { name: '', slug: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      const team = await create.mutateAsync(values);
      await queryClient.invalidateQueries(trpc.access.pathFilter());
      toast(`Team ${team.name} created`);
      router.push(`/teams/${team.slug}/members`);
    } catch (cause) {
      showServerError(cause, form.setError, ['name', 'slug']);
    }
  });
  const name = form.register('name', {
    onChange: (event: { target: { value: string } }) => {
      if (form.formState.dirtyFields.slug !== true) form.setValue('slug', toSlug(event.target.value));
    },
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-2">
      <FormError message={errors.root?.message} />
      <Field label="Name" isRequired error={errors.name?.message}>
        <Input autoFocus autoComplete="off" {...name} />
      </Field>
      <Field
        label="Slug"
        isRequired
        help="Stands in addresses, model ids and labels. It cannot be changed later."
        error={errors.slug?.message}
      >
        <Input autoComplete="off" spellCheck={false} {...form.register('slug')} />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isPending={isSubmitting}>
          Create team
        </Button>
      </div>
    </form>
  );
}
