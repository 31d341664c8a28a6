'use client';
import { Button, Card, Field, formatBytes, formatTokens, Input, Notice, Select, Textarea, toast } from '@slipway/ui';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Rocket } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { parseAsString, useQueryState } from 'nuqs';
import { FormProvider, useForm, useFormContext, useWatch } from 'react-hook-form';
import { Advanced } from '@/components/advanced.tsx';
import { checkResolver } from '@/components/check-resolver.ts';
import { ERROR_DELAY_MS } from '@/components/field-problems.ts';
import { flavorOptions } from '@/components/flavor-options.ts';
import { PreflightPanel } from '@/components/preflight-panel.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useDebounced } from '@/components/use-debounced.ts';
import { useFormDraft } from '@/components/use-form-draft.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../registry/types.ts';
import {
  checkDeploy,
  type DeployValues,
  deployInput,
  EMPTY_DEPLOY,
  preflightInput,
  proposedContext,
} from './deploy-form.ts';

// A person who types gets the answer when they pause, not for every digit.
const PREFLIGHT_WAIT_MS = 300;
const FIELDS = [
  'name',
  'versionId',
  'flavor',
  'replicas',
  'slotsPerReplica',
  'contextTokens',
  'maxConcurrency',
  'visibility',
  'systemMessage',
] as const;

interface DeployFormProps {
  team: string;
  template: { id: string; title: string; description: string };
  versions: readonly Version[];
}

/** DeployForm asks what to deploy and how large, and says beside it what that takes. */
export function DeployForm({ team, template, versions }: DeployFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [asked] = useQueryState('version', parseAsString);
  const initial = versions.find((version) => version.id === asked);
  const form = useForm<DeployValues>({
    resolver: checkResolver(checkDeploy),
    mode: 'onTouched',
    delayError: ERROR_DELAY_MS,
    defaultValues: { ...EMPTY_DEPLOY, ...(initial === undefined ? {} : proposalFor(initial)) },
  });
  const forgetDraft = useFormDraft(`endpoint-${team}-${asked ?? ''}`, form);
  const deploy = useMutation(trpc.serving.deployEndpoint.mutationOptions());
  const values = useWatch({ control: form.control, compute: (all: DeployValues) => all });
  const preflight = useQuery(
    trpc.serving.preflightEndpoint.queryOptions(
      useDebounced(preflightInput(team, template.id, values), PREFLIGHT_WAIT_MS),
      { enabled: values.versionId !== '', placeholderData: keepPreviousData, staleTime: 0 },
    ),
  );
  const { errors } = form.formState;
  const submit = form.handleSubmit(async (sound) => {
    try {
      const endpoint = await deploy.mutateAsync(deployInput(team, template.id, sound));
      forgetDraft();
      toast(`Endpoint ${endpoint.name} is being deployed`);
      router.push(`/teams/${team}/endpoints/${endpoint.name}`);
    } catch (cause) {
      showServerError(cause, form.setError, FIELDS);
    }
  });
  const isRefused = preflight.data?.isLaunchable === false && values.versionId !== '';
  return (
    <FormProvider {...form}>
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <form onSubmit={submit} noValidate aria-label="New endpoint" className="flex min-w-0 flex-col gap-4">
          {errors.root === undefined ? null : (
            <Notice tone="danger" isAlert title="It was not deployed">
              {errors.root.message}
            </Notice>
          )}
          <ModelCard template={template} versions={versions} />
          <SizeCard team={team} />
          <div className="flex flex-wrap items-center justify-end gap-3">
            {isRefused ? (
              <p className="text-[12.5px] text-danger">The preflight says why it cannot be deployed yet.</p>
            ) : null}
            <Button type="submit" variant="primary" isPending={deploy.isPending}>
              <Rocket aria-hidden />
              Deploy endpoint
            </Button>
          </div>
        </form>
        <PreflightPanel
          preflight={preflight.data}
          isFetching={preflight.isFetching}
          error={preflight.error?.message ?? null}
          waitingFor={values.versionId === '' ? 'Choose a model version.' : null}
          hasEnd={false}
        />
      </div>
    </FormProvider>
  );
}

function proposalFor(version: Version): Partial<DeployValues> {
  return {
    versionId: version.id,
    name: version.model.slice(0, 48),
    contextTokens: proposedContext(version.metadata?.contextLength),
  };
}

function ModelCard({ template, versions }: Omit<DeployFormProps, 'team'>) {
  const form = useFormContext<DeployValues>();
  const { errors, dirtyFields } = form.formState;
  const propose = (versionId: string) => {
    const version = versions.find((one) => one.id === versionId);
    if (version === undefined) return;
    const { name, contextTokens } = proposalFor(version);
    if (!dirtyFields.name && name !== undefined) form.setValue('name', name);
    if (!dirtyFields.contextTokens && contextTokens !== undefined) form.setValue('contextTokens', contextTokens);
  };
  return (
    <Card title={template.title} description={template.description}>
      <div className="flex flex-col gap-4">
        <Field label="Model version" isRequired error={errors.versionId?.message}>
          <Select
            placeholder="Choose a model version"
            options={versions.map((version) => ({ value: version.id, label: labelOf(version) }))}
            {...form.register('versionId', { onChange: (event) => propose(String(event.target.value)) })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Endpoint name" isRequired error={errors.name?.message} help="Clients pass it as the model.">
            <Input autoComplete="off" spellCheck={false} {...form.register('name')} />
          </Field>
          <Field label="Visibility" isRequired help="Who may call it with a key of their own team.">
            <Select
              options={[
                { value: 'team', label: 'This team' },
                { value: 'organisation', label: 'Every team' },
              ]}
              {...form.register('visibility')}
            />
          </Field>
        </div>
      </div>
    </Card>
  );
}

function labelOf({ label, metadata, sizeBytes }: Version): string {
  const facts = [
    label,
    metadata === null ? '' : `${formatTokens(metadata.parameterCount)} parameters`,
    metadata?.quantisation ?? '',
    sizeBytes === null ? '' : formatBytes(sizeBytes),
  ];
  return facts.filter(Boolean).join(' · ');
}

function SizeCard({ team }: { team: string }) {
  const trpc = useTRPC();
  const quota = useQuery(trpc.quota.getTeamQuota.queryOptions({ team }));
  const form = useFormContext<DeployValues>();
  const { errors } = form.formState;
  const options = flavorOptions(quota.data?.items ?? []);
  const number = { inputMode: 'numeric', autoComplete: 'off' } as const;
  const hasHiddenError = errors.maxConcurrency !== undefined || errors.systemMessage !== undefined;
  return (
    <Card title="Size">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Flavour" isRequired error={errors.flavor?.message} className="sm:col-span-2">
          <Select
            key={options.length}
            options={options.length === 0 ? [{ value: 'cpu', label: 'cpu' }] : options}
            {...form.register('flavor')}
          />
        </Field>
        <Field label="Replicas" isRequired error={errors.replicas?.message} help="0 deploys it paused.">
          <Input {...number} {...form.register('replicas')} />
        </Field>
        <Field
          label="Slots per replica"
          isRequired
          error={errors.slotsPerReplica?.message}
          help="A cpu slot is half a core."
        >
          <Input {...number} unit="slots" {...form.register('slotsPerReplica')} />
        </Field>
        <Field
          label="Context"
          isRequired
          error={errors.contextTokens?.message}
          help="The longest prompt plus answer of one request."
        >
          <Input {...number} unit="tokens" {...form.register('contextTokens')} />
        </Field>
      </div>
      <Advanced hasError={hasHiddenError}>
        <Field
          label="Concurrent requests per replica"
          isRequired
          error={errors.maxConcurrency?.message}
          help="How many one replica batches together; the rest waits."
        >
          <Input {...number} unit="requests" {...form.register('maxConcurrency')} />
        </Field>
        <Field
          label="System message"
          error={errors.systemMessage?.message}
          help="Sent before chats that have none."
          className="sm:col-span-2"
        >
          <Textarea {...form.register('systemMessage')} />
        </Field>
      </Advanced>
    </Card>
  );
}
