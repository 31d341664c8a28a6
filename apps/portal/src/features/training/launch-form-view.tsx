'use client';
import type { catalogContract } from '@slipway/domain/catalog';
import type { OutputOf } from '@slipway/domain/kernel';
import { Button, Field, Notice, Select, toast } from '@slipway/ui';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import { FormProvider, useForm, useWatch } from 'react-hook-form';
import { checkResolver } from '@/components/check-resolver.ts';
import { ERROR_DELAY_MS } from '@/components/field-problems.ts';
import { PreflightPanel } from '@/components/preflight-panel.tsx';
import { showServerError } from '@/components/server-error.ts';
import { useDebounced } from '@/components/use-debounced.ts';
import { useFormDraft } from '@/components/use-form-draft.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../registry/types.ts';
import { InputsCard, ParamsCard, ResourcesCard } from './launch-cards.tsx';
import {
  checkLaunch,
  type LaunchValues,
  launchInput,
  preflightInput,
  proposedNames,
  waitingFor,
} from './launch-form.ts';
import { paramFields } from './params-fields.ts';

type Template = OutputOf<typeof catalogContract.listTemplates>['items'][number];
// A person who types gets the answer when they pause, not for every digit.
const PREFLIGHT_WAIT_MS = 300;

interface LaunchFormProps {
  team: string;
  templates: readonly Template[];
  bases: readonly Version[];
}

/** LaunchForm chooses the golden path; its form is made from the template's schema. */
export function LaunchForm({ team, templates, bases }: LaunchFormProps) {
  const [templateId, setTemplateId] = useState(templates[0]?.id ?? '');
  const template = templates.find((one) => one.id === templateId) ?? templates[0];
  if (template === undefined) return null;
  return (
    <>
      {templates.length < 2 ? null : (
        <Field label="Golden path" isRequired className="max-w-md">
          <Select
            value={template.id}
            options={templates.map((one) => ({ value: one.id, label: one.title }))}
            onChange={(event) => setTemplateId(event.target.value)}
          />
        </Field>
      )}
      <TemplateForm key={template.id} team={team} template={template} bases={bases} />
    </>
  );
}

function TemplateForm({ team, template, bases }: { team: string; template: Template; bases: readonly Version[] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [asked] = useQueryStates({ base: parseAsString, dataset: parseAsString });
  const fields = paramFields(template.paramsSchema, template.defaults);
  const context = { team, template: template.id, fields };
  const form = useForm<LaunchValues>({
    resolver: checkResolver<LaunchValues>((typed) => checkLaunch(fields, typed)),
    mode: 'onTouched',
    delayError: ERROR_DELAY_MS,
    defaultValues: initialValues({ team, fields, bases, asked }),
  });
  const forgetDraft = useFormDraft(`run-${team}-${template.id}-${asked.base ?? ''}-${asked.dataset ?? ''}`, form);
  const launch = useMutation(trpc.training.launchTraining.mutationOptions());
  const values = useWatch({ control: form.control, compute: (all: LaunchValues) => all });
  const waits = waitingFor(values);
  const preflight = useQuery(
    trpc.training.preflightTraining.queryOptions(useDebounced(preflightInput(context, values), PREFLIGHT_WAIT_MS), {
      enabled: waits === null,
      placeholderData: keepPreviousData,
      staleTime: 0,
    }),
  );
  const { errors } = form.formState;
  const submit = form.handleSubmit(async (sound) => {
    try {
      const run = await launch.mutateAsync(launchInput(context, sound));
      forgetDraft();
      toast(`Run ${run.name} was launched`);
      router.push(`/teams/${team}/training/${run.id}`);
    } catch (cause) {
      showServerError(cause, form.setError, [
        'name',
        'baseVersionId',
        'datasetId',
        'outputModel',
        'slots',
        'timeLimitMinutes',
      ]);
    }
  });
  return (
    <FormProvider {...form}>
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <form onSubmit={submit} noValidate aria-label="New training run" className="flex min-w-0 flex-col gap-4">
          {errors.root === undefined ? null : (
            <Notice tone="danger" isAlert title="It was not launched">
              {errors.root.message}
            </Notice>
          )}
          <InputsCard team={team} template={template} bases={bases} />
          <ParamsCard fields={fields} />
          <ResourcesCard team={team} />
          <div className="flex flex-wrap items-center justify-end gap-3">
            {preflight.data?.isLaunchable === false && waits === null ? (
              <p className="text-[12.5px] text-danger">The preflight says why it cannot be launched yet.</p>
            ) : null}
            <Button type="submit" variant="primary" isPending={launch.isPending}>
              <FlaskConical aria-hidden />
              Launch run
            </Button>
          </div>
        </form>
        <PreflightPanel
          preflight={preflight.data}
          isFetching={preflight.isFetching}
          error={preflight.error?.message ?? null}
          waitingFor={waits}
          hasEnd
        />
      </div>
    </FormProvider>
  );
}

interface Initial {
  team: string;
  fields: ReturnType<typeof paramFields>;
  bases: readonly Version[];
  asked: { base: string | null; dataset: string | null };
}

function initialValues({ team, fields, bases, asked }: Initial): LaunchValues {
  const base = bases.find((version) => version.id === asked.base);
  const names = base === undefined ? { name: '', outputModel: '' } : proposedNames(base, team, new Date());
  return {
    ...names,
    baseVersionId: base?.id ?? '',
    datasetId: asked.dataset ?? '',
    flavor: 'cpu',
    slots: '1',
    timeLimitMinutes: '60',
    params: Object.fromEntries(fields.map((field) => [field.name, field.defaultValue])),
  };
}
