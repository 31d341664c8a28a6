'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Dialog, Field, Input, Select, toast } from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { FormError } from '@/components/form-error.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { PRICE_KIND_WORDS, toMicros } from './price-words.ts';

const KINDS = ['slot_hour', 'prompt_tokens', 'completion_tokens'] as const;
const schema = z
  .object({
    kind: z.enum(KINDS),
    flavor: z.string(),
    model: z.string().trim(),
    amount: z
      .string()
      .refine((text) => toMicros(text) !== null, 'Give an amount such as 0.02, with at most 6 decimals.'),
    from: z.string(),
  })
  .refine((values) => values.kind !== 'slot_hour' || values.flavor !== '', {
    path: ['flavor'],
    message: 'Choose a flavour.',
  });

/** SetPriceDialog sets a price from now or a later time on. */
export function SetPriceDialog({ isOpen, onOpenChange }: { isOpen: boolean; onOpenChange(isOpen: boolean): void }) {
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title="Set price"
      description="It holds from the time you give; what was used before keeps its price."
    >
      <SetPriceForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function SetPriceForm({ onDone }: { onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const clusters = useQuery(trpc.catalog.listClusters.queryOptions({}));
  const flavors = (clusters.data?.items ?? []).flatMap((cluster) => cluster.flavors);
  const setPrice = useMutation(trpc.metering.setPrice.mutationOptions());
  const form = useForm({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    defaultValues: { kind: 'slot_hour' as (typeof KINDS)[number], flavor: '', model: '', amount: '', from: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const kind = useWatch({ control: form.control, name: 'kind' });
  const submit = form.handleSubmit(async (values) => {
    const amountMicros = toMicros(values.amount);
    if (amountMicros === null) return;
    try {
      await setPrice.mutateAsync({
        kind: values.kind,
        amountMicros,
        ...(values.kind === 'slot_hour'
          ? { flavor: values.flavor }
          : values.model === ''
            ? {}
            : { model: values.model }),
        ...(values.from === '' ? {} : { effectiveFrom: new Date(values.from).toISOString() }),
      });
      await queryClient.invalidateQueries(trpc.metering.pathFilter());
      toast('Price set');
      onDone();
    } catch (cause) {
      showServerError(cause, form.setError, ['kind', 'flavor', 'model', 'amount', 'from']);
    }
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-2">
      <FormError message={errors.root?.message} />
      <Field label="Price for" isRequired>
        <Select
          options={KINDS.map((value) => ({ value, label: PRICE_KIND_WORDS[value] }))}
          {...form.register('kind')}
        />
      </Field>
      {kind === 'slot_hour' ? (
        <Field label="Flavour" isRequired error={errors.flavor?.message}>
          <Select
            placeholder="Choose a flavour"
            options={flavors.map((flavor) => ({ value: flavor.name, label: `${flavor.name} · ${flavor.model}` }))}
            {...form.register('flavor')}
          />
        </Field>
      ) : (
        <Field label="Model" help="team/model; empty for every model." error={errors.model?.message}>
          <Input autoComplete="off" spellCheck={false} placeholder="platform/smollm2" {...form.register('model')} />
        </Field>
      )}
      <Field label="Price" isRequired error={errors.amount?.message}>
        <Input
          inputMode="decimal"
          autoComplete="off"
          unit={kind === 'slot_hour' ? '€ / slot h' : '€ / 1 M'}
          className="pr-24"
          {...form.register('amount')}
        />
      </Field>
      <Field label="From" help="Your local time; empty for now." error={errors.from?.message}>
        <Input type="datetime-local" {...form.register('from')} />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isPending={isSubmitting}>
          Set price
        </Button>
      </div>
    </form>
  );
}
