'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import {
  Button,
  Dialog,
  Field,
  formatDay,
  formatMoney,
  formatPrice,
  Input,
  Select,
  Textarea,
  toast,
  useNow,
} from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type UseFormReturn, useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { FormError } from '@/components/form-error.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useFormDraft } from '@/components/use-form-draft.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { requestCostMicros } from './request-status.ts';

const HOURS = { hours: 1, days: 24 };
const HOUR_MS = 3_600_000;
const schema = z.object({
  flavor: z.string().min(1, 'Choose a flavour.'),
  slots: z.coerce.number('Give a number.').int('Give a whole number.').min(1, 'Ask for at least 1 slot.').max(10_000),
  duration: z.coerce.number('Give a number.').int('Give a whole number.').min(1, 'Ask for at least 1.').max(8_784),
  unit: z.enum(['hours', 'days']),
  purpose: z.string().trim().min(3, 'Say what it is for.').max(2_000),
});
const previewSchema = schema.omit({ purpose: true });
type Values = z.input<typeof schema>;
interface RequestDialogProps {
  team: string;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
}

/** RequestDialog asks for slots of a flavour for a purpose and a time. */
export function RequestDialog({ team, isOpen, onOpenChange }: RequestDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title="Request quota"
      description="An administrator sees this beside current use and price. An approved grant takes effect within a second and ends by itself."
    >
      <RequestForm team={team} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function useFlavors() {
  const trpc = useTRPC();
  const clusters = useQuery(trpc.catalog.listClusters.queryOptions({}));
  return (clusters.data?.items ?? []).flatMap((cluster) => cluster.flavors);
}

function RequestForm({ team, onDone }: { team: string; onDone(): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const flavors = useFlavors();
  const form = useForm({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    defaultValues: { flavor: flavors[0]?.name ?? '', slots: 1, duration: 7, unit: 'days', purpose: '' } as Values,
  });
  const forgetDraft = useFormDraft(`quota-request.${team}`, form);
  const request = useMutation(trpc.quota.requestQuota.mutationOptions());
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ duration, unit, ...values }) => {
    try {
      await request.mutateAsync({ team, ...values, durationHours: duration * HOURS[unit] });
      await queryClient.invalidateQueries(trpc.quota.pathFilter());
      forgetDraft();
      toast('Request sent. You see the decision here.');
      onDone();
    } catch (cause) {
      showServerError(cause, form.setError, ['flavor', 'slots', 'duration', 'purpose']);
    }
  });
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 pt-2">
      <FormError message={errors.root?.message} />
      <Field label="Flavour" isRequired error={errors.flavor?.message}>
        <Select
          placeholder="Choose a flavour"
          options={flavors.map((flavor) => ({
            value: flavor.name,
            label: `${flavor.name} · ${flavor.model} · ${flavor.totalSlots} slots in all`,
          }))}
          {...form.register('flavor')}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Slots" isRequired error={errors.slots?.message}>
          <Input type="number" min={1} step={1} inputMode="numeric" unit="slots" {...form.register('slots')} />
        </Field>
        <div className="grid grid-cols-2 gap-2">
          <Field label="For how long" isRequired error={errors.duration?.message}>
            <Input type="number" min={1} step={1} inputMode="numeric" {...form.register('duration')} />
          </Field>
          <Field label="Unit" isRequired>
            <Select
              options={[
                { value: 'hours', label: 'hours' },
                { value: 'days', label: 'days' },
              ]}
              {...form.register('unit')}
            />
          </Field>
        </div>
      </div>
      <Field label="Purpose" isRequired help="What will run, and why now." error={errors.purpose?.message}>
        <Textarea {...form.register('purpose')} />
      </Field>
      <Preview form={form} flavors={flavors} />
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" isPending={isSubmitting}>
          Send request
        </Button>
      </div>
    </form>
  );
}

function Preview({
  form,
  flavors,
}: {
  form: UseFormReturn<Values, unknown, z.output<typeof schema>>;
  flavors: ReturnType<typeof useFlavors>;
}) {
  const now = useNow();
  const parsed = previewSchema.safeParse(useWatch({ control: form.control }));
  const flavor = flavors.find((each) => each.name === parsed.data?.flavor);
  const { slots, duration, unit } = parsed.data ?? {};
  if (flavor === undefined || slots === undefined || duration === undefined || unit === undefined) return null;
  const durationHours = duration * HOURS[unit];
  const cost = requestCostMicros({ slots, durationHours, priceMicrosPerSlotHour: flavor.priceMicrosPerSlotHour });
  const free = flavor.totalSlots - flavor.grantedSlots;
  return (
    <ul className="flex flex-col gap-1 rounded-md border border-line bg-surface-sunken px-3 py-2.5 text-[13px] text-ink-muted">
      <li>
        Price: <span className="numeric text-ink">{formatPrice(flavor.priceMicrosPerSlotHour, 'slot h')}</span>
        {cost === null ? null : (
          <>
            , at most <span className="numeric font-medium text-ink">{formatMoney(cost)}</span> if all of it is used all
            the time
          </>
        )}
      </li>
      <li>
        Approved now, it would end on <span className="text-ink">{formatDay(now + durationHours * HOUR_MS)}</span>.
      </li>
      <li>
        {free >= slots
          ? `${free} of ${flavor.totalSlots} slots are not granted to anybody.`
          : `Only ${Math.max(0, free)} of ${flavor.totalSlots} slots are not granted yet: it may have to wait.`}
      </li>
    </ul>
  );
}
