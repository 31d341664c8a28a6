'use client';
import { Field, Input } from '@slipway/ui';
import type { UseFormReturn } from 'react-hook-form';
import type { RegisterValues, SourceKind } from './register-form.ts';

type Form = UseFormReturn<RegisterValues>;
const PLAIN = { autoComplete: 'off', spellCheck: false } as const;

/** SourceFields asks where the bytes are, for every source but an upload. */
export function SourceFields({ kind, form }: { kind: Exclude<SourceKind, 'upload'>; form: Form }) {
  if (kind === 'path') return <PathFields form={form} />;
  return kind === 's3' ? <S3Fields form={form} /> : <HuggingFaceFields form={form} />;
}

function PathFields({ form }: { form: Form }) {
  return (
    <Field
      label="Path"
      isRequired
      error={form.formState.errors.path?.message}
      help="Absolute, on the machine where the portal runs."
    >
      <Input {...PLAIN} className="font-mono" placeholder="/models/chat.gguf" {...form.register('path')} />
    </Field>
  );
}

function HuggingFaceFields({ form }: { form: Form }) {
  const { errors } = form.formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Repository" isRequired error={errors.repository?.message} help="owner/name">
        <Input {...PLAIN} placeholder="HuggingFaceTB/SmolLM2-135M-Instruct-GGUF" {...form.register('repository')} />
      </Field>
      <Field label="File" isRequired error={errors.file?.message} help="A .gguf file of the repository.">
        <Input {...PLAIN} placeholder="smollm2-135m-instruct-q8_0.gguf" {...form.register('file')} />
      </Field>
      <Field label="Revision" isRequired error={errors.revision?.message} help="A branch, tag or commit.">
        <Input {...PLAIN} {...form.register('revision')} />
      </Field>
      <Field
        label="Access token"
        error={errors.token?.message}
        help="For a private repository; it is not kept after the import."
      >
        <Input {...PLAIN} type="password" {...form.register('token')} />
      </Field>
    </div>
  );
}

function S3Fields({ form }: { form: Form }) {
  const { errors } = form.formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Address" isRequired error={errors.uri?.message} className="sm:col-span-2">
        <Input {...PLAIN} className="font-mono" placeholder="s3://bucket/models/chat.gguf" {...form.register('uri')} />
      </Field>
      <Field label="Region" error={errors.region?.message}>
        <Input {...PLAIN} placeholder="eu-central-1" {...form.register('region')} />
      </Field>
      <Field label="Endpoint" error={errors.endpoint?.message} help="For S3 that is not Amazon's.">
        <Input {...PLAIN} placeholder="https://minio.example.com" {...form.register('endpoint')} />
      </Field>
      <Field label="Access key id" error={errors.accessKeyId?.message}>
        <Input {...PLAIN} {...form.register('accessKeyId')} />
      </Field>
      <Field label="Secret access key" error={errors.secretAccessKey?.message} help="Not kept after the import.">
        <Input {...PLAIN} type="password" {...form.register('secretAccessKey')} />
      </Field>
    </div>
  );
}
