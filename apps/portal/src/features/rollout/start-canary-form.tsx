'use client';
import { Button, Field, Input, Link, Notice, Select, toast } from '@slipway/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Split } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useForm } from 'react-hook-form';
import { checkResolver } from '@/components/check-resolver.ts';
import { ERROR_DELAY_MS, problemsOf, wholeProblem } from '@/components/field-problems.ts';
import { Loaded } from '@/components/loaded.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../registry/types.ts';
import type { EndpointDetail } from '../serving/types.ts';

interface CanaryValues {
  versionId: string;
  percent: string;
  replicas: string;
}

const check = (values: CanaryValues) =>
  problemsOf({
    versionId: values.versionId === '' ? 'Choose the version of the canary.' : null,
    percent: wholeProblem(values.percent, { min: 0, max: 100 }),
    replicas: wholeProblem(values.replicas, { min: 1, max: 32 }),
  });

interface StartCanaryFormProps {
  team: string;
  endpoint: EndpointDetail;
}

/** StartCanaryForm puts a version beside the stable one with a share of the traffic. */
export function StartCanaryForm({ team, endpoint }: StartCanaryFormProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.registry.listDeployableVersions.queryOptions({ team }));
  const stableId = endpoint.stable?.versionId;
  return (
    <Loaded query={query} label="model versions">
      {({ items }) => {
        const others = items.filter((version) => version.id !== stableId);
        return others.length === 0 ? (
          <p className="text-[13px] text-ink-muted">
            There is no other version to try.{' '}
            <Link
              className="text-accent-text underline underline-offset-2"
              href={`/teams/${team}/training/new?base=${stableId ?? ''}`}
            >
              Fine-tune the stable version
            </Link>{' '}
            or register one.
          </p>
        ) : (
          <Form team={team} endpoint={endpoint} versions={others} />
        );
      }}
    </Loaded>
  );
}

function Form({ team, endpoint, versions }: StartCanaryFormProps & { versions: readonly Version[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asked] = useQueryState('version', parseAsString);
  const form = useForm<CanaryValues>({
    resolver: checkResolver(check),
    mode: 'onTouched',
    delayError: ERROR_DELAY_MS,
    defaultValues: {
      versionId: versions.some((version) => version.id === asked) ? (asked ?? '') : '',
      percent: '10',
      replicas: '1',
    },
  });
  const start = useMutation(
    trpc.rollout.startCanary.mutationOptions({
      onSuccess: async (rollout) => {
        toast(`Canary ${rollout.canary.versionLabel} gets ${rollout.percent} % of traffic once it is ready`);
        await Promise.all([
          queryClient.invalidateQueries(trpc.rollout.pathFilter()),
          queryClient.invalidateQueries(trpc.serving.pathFilter()),
        ]);
      },
    }),
  );
  const { errors } = form.formState;
  const submit = form.handleSubmit(async ({ versionId, percent, replicas }) => {
    try {
      await start.mutateAsync({
        team,
        endpoint: endpoint.name,
        versionId,
        percent: Number(percent),
        replicas: Number(replicas),
      });
    } catch (cause) {
      showServerError(cause, form.setError, ['versionId', 'percent', 'replicas']);
    }
  });
  return (
    <form onSubmit={submit} noValidate aria-label="Start canary" className="flex flex-col gap-4">
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert title="The canary was not started">
          {errors.root.message}
        </Notice>
      )}
      <div className="grid items-start gap-4 sm:grid-cols-[minmax(0,1fr)_9rem_9rem]">
        <Field
          label="Canary version"
          isRequired
          error={errors.versionId?.message}
          help={`Stable is ${endpoint.stable?.versionLabel ?? 'none'}.`}
        >
          <Select
            placeholder="Choose a version"
            options={versions.map((version) => ({ value: version.id, label: version.label }))}
            {...form.register('versionId')}
          />
        </Field>
        <Field label="Traffic" isRequired error={errors.percent?.message}>
          <Input inputMode="numeric" autoComplete="off" unit="%" {...form.register('percent')} />
        </Field>
        <Field label="Canary replicas" isRequired error={errors.replicas?.message}>
          <Input inputMode="numeric" autoComplete="off" {...form.register('replicas')} />
        </Field>
      </div>
      <Button type="submit" variant="primary" className="self-start" isPending={start.isPending}>
        <Split aria-hidden />
        Start canary
      </Button>
    </form>
  );
}
