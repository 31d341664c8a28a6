'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Field, Fieldset, Input, Notice, RadioCards, Textarea } from '@slipway/ui';
import { useMutation } from '@tanstack/react-query';
import { Cloud, FolderOpen, HardDriveUpload, Library } from 'lucide-react';
import { type UseFormReturn, useForm, useWatch } from 'react-hook-form';
import { ERROR_DELAY_MS } from '@/components/field-problems.ts';
import { showServerError } from '@/components/server-error.ts';
import { useFormDraft } from '@/components/use-form-draft.ts';
import { useTRPC } from '@/trpc/client.tsx';
import {
  EMPTY_REGISTER,
  modelNameOf,
  type RegisterValues,
  registerInput,
  registerSchema,
  sourceOf,
} from './register-form.ts';
import { SourceFields } from './source-fields.tsx';
import type { Version } from './types.ts';
import { UploadField } from './upload-field.tsx';
import { useUpload } from './use-upload.ts';

const OPTIONS = [
  {
    value: 'upload',
    label: 'This computer',
    help: 'Upload a file; it can be paused.',
    icon: <HardDriveUpload aria-hidden />,
  },
  { value: 'huggingface', label: 'Hugging Face', help: 'Fetch a file of a repository.', icon: <Library aria-hidden /> },
  { value: 's3', label: 'S3', help: 'Fetch an object of a bucket.', icon: <Cloud aria-hidden /> },
  {
    value: 'path',
    label: 'Path on the server',
    help: 'Inside a directory that the administrator allows.',
    icon: <FolderOpen aria-hidden />,
  },
] as const;
// Kept out of the draft: they are nobody's business but this request's.
const SECRETS = ['secretAccessKey', 'accessKeyId', 'token'] as const;
const FIELDS = [
  'model',
  'path',
  'uri',
  'region',
  'endpoint',
  'repository',
  'file',
  'revision',
  'token',
  'description',
  'licence',
  'expectedDigest',
] as const;

interface RegisterFormProps {
  team: string;
  model: string;
  onRegistered(version: Version): void;
}

/** RegisterFormView takes a new version's name, source and what is known of it; an upload ends before it is registered. */
export function RegisterFormView({ team, model, onRegistered }: RegisterFormProps) {
  const trpc = useTRPC();
  const form = useForm<RegisterValues>({
    resolver: zodResolver(registerSchema),
    mode: 'onTouched',
    delayError: ERROR_DELAY_MS,
    defaultValues: { ...EMPTY_REGISTER, model },
  });
  const forgetDraft = useFormDraft(`register-${team}-${model}`, form, SECRETS);
  const upload = useUpload({ team, purpose: 'model' });
  const register = useMutation(trpc.registry.registerModelVersion.mutationOptions());
  const kind = useWatch({ control: form.control, name: 'kind' });
  const { errors } = form.formState;
  const isUploading = kind === 'upload' && upload.state.status !== 'finished' && upload.state.file !== null;
  const submit = form.handleSubmit(async (values) => {
    const source = sourceOf(values, upload.state.uploadId);
    if (source === null) {
      form.setError('kind', {
        message: upload.state.file === null ? 'Choose a file.' : 'Wait until the upload has finished.',
      });
      return;
    }
    try {
      const version = await register.mutateAsync({ team, ...registerInput(values), source });
      forgetDraft();
      onRegistered(version);
    } catch (cause) {
      showServerError(cause, form.setError, FIELDS);
    }
  });
  const choose = (file: File) => {
    form.clearErrors('kind');
    if (form.getValues('model') === '') form.setValue('model', modelNameOf(file.name));
    upload.start(file);
  };
  return (
    <form onSubmit={submit} noValidate aria-label="Register model" className="flex flex-col gap-5 pt-2">
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert title="It was not registered">
          {errors.root.message}
        </Notice>
      )}
      <Fieldset legend="Source">
        <RadioCards label="Source" value={kind} options={OPTIONS} onChange={(value) => form.setValue('kind', value)} />
      </Fieldset>
      {kind === 'upload' ? (
        <UploadField
          label="Model file"
          accept=".gguf"
          help="One GGUF file. After a reload, choose the same file again and the upload goes on."
          state={upload.state}
          error={errors.kind?.message}
          onChoose={choose}
          onPause={upload.pause}
          onResume={upload.resume}
          onReset={upload.reset}
        />
      ) : (
        <SourceFields kind={kind} form={form} />
      )}
      <Facts form={form} hasModel={model !== ''} />
      <div className="flex flex-wrap items-center justify-end gap-3">
        {isUploading ? <p className="text-[12.5px] text-ink-muted">Register it when the upload has finished.</p> : null}
        <Button type="submit" variant="primary" isPending={register.isPending} disabled={isUploading}>
          Register version
        </Button>
      </div>
    </form>
  );
}

function Facts({ form, hasModel }: { form: UseFormReturn<RegisterValues>; hasModel: boolean }) {
  const { errors } = form.formState;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Model name"
          isRequired
          error={errors.model?.message}
          help={hasModel ? 'A new version of this model.' : 'A name that exists gets a new version.'}
        >
          <Input autoComplete="off" spellCheck={false} readOnly={hasModel} {...form.register('model')} />
        </Field>
        <Field label="Licence" error={errors.licence?.message} help="For example Apache-2.0.">
          <Input autoComplete="off" {...form.register('licence')} />
        </Field>
      </div>
      <Field label="Description" error={errors.description?.message}>
        <Textarea rows={2} {...form.register('description')} />
      </Field>
      <Field
        label="Expected digest"
        error={errors.expectedDigest?.message}
        help="sha256 of the file; the import is refused if it differs."
      >
        <Input
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
          placeholder="sha256:…"
          {...form.register('expectedDigest')}
        />
      </Field>
    </>
  );
}
