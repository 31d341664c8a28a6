'use client';
import { Button, Card, Field, formatBytes, formatTokens, Input, Select } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { Advanced } from '@/components/advanced.tsx';
import { flavorOptions } from '@/components/flavor-options.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../registry/types.ts';
import { DatasetDialog } from './dataset-dialog.tsx';
import { type LaunchValues, proposedNames } from './launch-form.ts';
import { type ParamField, rangeOf } from './params-fields.ts';

interface InputsCardProps {
  team: string;
  template: { title: string; description: string };
  bases: readonly Version[];
}

/** InputsCard chooses the base, the data and what the result is called. */
export function InputsCard({ team, template, bases }: InputsCardProps) {
  const trpc = useTRPC();
  const datasets = useQuery(trpc.training.listDatasets.queryOptions({ team }));
  const [isNew, setNew] = useState(false);
  const form = useFormContext<LaunchValues>();
  const { errors, dirtyFields } = form.formState;
  const proposeNames = (baseVersionId: string) => {
    const base = bases.find((version) => version.id === baseVersionId);
    if (base === undefined) return;
    const names = proposedNames(base, team, new Date());
    if (!dirtyFields.name) form.setValue('name', names.name);
    if (!dirtyFields.outputModel) form.setValue('outputModel', names.outputModel);
  };
  const items = datasets.data?.items ?? [];
  return (
    <Card title={template.title} description={template.description}>
      <div className="flex flex-col gap-4">
        <Field
          label="Base version"
          isRequired
          error={errors.baseVersionId?.message}
          help="The run goes on from this version."
        >
          <Select
            placeholder="Choose a base version"
            options={bases.map((version) => ({ value: version.id, label: labelOf(version) }))}
            {...form.register('baseVersionId', { onChange: (event) => proposeNames(String(event.target.value)) })}
          />
        </Field>
        <div className="flex flex-wrap items-start gap-2">
          <Field label="Data set" isRequired error={errors.datasetId?.message} className="min-w-0 flex-1 basis-56">
            <Select
              placeholder={items.length === 0 ? 'No data set yet: make one' : 'Choose a data set'}
              // A chosen data set that is not in the list yet would show as nothing.
              key={items.length}
              options={items.map((dataset) => ({
                value: dataset.id,
                label: `${dataset.name} · ${formatBytes(dataset.sizeBytes)}`,
              }))}
              {...form.register('datasetId')}
            />
          </Field>
          <Button className="sm:mt-6.5" onClick={() => setNew(true)}>
            <Plus aria-hidden />
            New data set
          </Button>
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Run name" isRequired error={errors.name?.message}>
            <Input autoComplete="off" spellCheck={false} {...form.register('name')} />
          </Field>
          <Field
            label="Output model"
            isRequired
            error={errors.outputModel?.message}
            help="Gets a new version when the run succeeds; made if missing."
          >
            <Input autoComplete="off" spellCheck={false} {...form.register('outputModel')} />
          </Field>
        </div>
      </div>
      <DatasetDialog
        team={team}
        isOpen={isNew}
        onOpenChange={setNew}
        onCreated={(dataset) => {
          setNew(false);
          form.setValue('datasetId', dataset.id, { shouldValidate: true });
        }}
      />
    </Card>
  );
}

function labelOf({ label, metadata }: Version): string {
  if (metadata === null) return label;
  return `${label} · ${formatTokens(metadata.parameterCount)} parameters · ${metadata.quantisation}`;
}

/** ParamsCard asks the template's params; what is right for most is folded. */
export function ParamsCard({ fields }: { fields: readonly ParamField[] }) {
  const plain = fields.filter((field) => !field.isAdvanced);
  const advanced = fields.filter((field) => field.isAdvanced);
  const { errors } = useFormContext<LaunchValues>().formState;
  const hasHiddenError = advanced.some((field) => errors.params?.[field.name] !== undefined);
  return (
    <Card title="Training">
      <div className="grid gap-4 sm:grid-cols-2">
        {plain.map((field) => (
          <Param key={field.name} field={field} />
        ))}
      </div>
      {advanced.length === 0 ? null : (
        <Advanced hasError={hasHiddenError}>
          {advanced.map((field) => (
            <Param key={field.name} field={field} />
          ))}
        </Advanced>
      )}
    </Card>
  );
}

function Param({ field }: { field: ParamField }) {
  const form = useFormContext<LaunchValues>();
  const error = form.formState.errors.params?.[field.name]?.message;
  const range = field.kind === 'integer' || field.kind === 'number' ? rangeOf(field) : '';
  const help = [field.help, range === '' ? '' : `${range.charAt(0).toUpperCase()}${range.slice(1)}.`]
    .filter(Boolean)
    .join(' ');
  const control = form.register(`params.${field.name}`);
  return (
    <Field label={field.label} isRequired={field.isRequired} error={error} help={help}>
      {field.kind === 'choice' ? (
        <Select
          options={field.choices.map((choice) => ({
            value: String(choice),
            label: field.unit === null ? String(choice) : `${choice} ${field.unit}`,
          }))}
          {...control}
        />
      ) : (
        <Input
          inputMode={field.kind === 'text' ? 'text' : field.kind === 'integer' ? 'numeric' : 'decimal'}
          autoComplete="off"
          {...(field.unit === null ? {} : { unit: field.unit })}
          {...control}
        />
      )}
    </Field>
  );
}

/** ResourcesCard asks what the run may take. */
export function ResourcesCard({ team }: { team: string }) {
  const trpc = useTRPC();
  const quota = useQuery(trpc.quota.getTeamQuota.queryOptions({ team }));
  const form = useFormContext<LaunchValues>();
  const { errors } = form.formState;
  const options = flavorOptions(quota.data?.items ?? []);
  return (
    <Card title="Resources">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Flavour" isRequired error={errors.flavor?.message} className="sm:col-span-2">
          <Select
            key={options.length}
            options={options.length === 0 ? [{ value: 'cpu', label: 'cpu' }] : options}
            {...form.register('flavor')}
          />
        </Field>
        <Field label="Slots" isRequired error={errors.slots?.message} help="A cpu slot is half a core; more is faster.">
          <Input inputMode="numeric" autoComplete="off" unit="slots" {...form.register('slots')} />
        </Field>
        <Field
          label="Time limit"
          isRequired
          error={errors.timeLimitMinutes?.message}
          help="The run is ended when it takes longer."
        >
          <Input inputMode="numeric" autoComplete="off" unit="minutes" {...form.register('timeLimitMinutes')} />
        </Field>
      </div>
    </Card>
  );
}
