'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { slugSchema } from '@slipway/domain/kernel';
import { Button, Field, Fieldset, formatBytes, Input, Notice, RadioCards, Textarea } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ClipboardPaste, HardDriveUpload } from 'lucide-react';
import { useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { ERROR_DELAY_MS } from '@/components/field-problems.ts';
import { showServerError } from '@/components/server-error.ts';
import { useFormDraft } from '@/components/use-form-draft.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { modelNameOf } from '../registry/register-form.ts';
import { UploadField } from '../registry/upload-field.tsx';
import { useUpload } from '../registry/use-upload.ts';
import type { Dataset } from './types.ts';

// What is pasted travels in one request; more belongs in a file.
const MAX_TEXT = 5_000_000;
const schema = z.object({
  name: slugSchema,
  kind: z.enum(['upload', 'text']),
  text: z.string().max(MAX_TEXT, 'This is too long to paste: upload it as a file.'),
});
const OPTIONS = [
  { value: 'upload', label: 'This computer', help: 'A .txt or .jsonl file.', icon: <HardDriveUpload aria-hidden /> },
  { value: 'text', label: 'Paste text', help: 'For trying something out.', icon: <ClipboardPaste aria-hidden /> },
] as const;

/** DatasetForm makes a data set from a file or from pasted text. */
export function DatasetForm({ team, onCreated }: { team: string; onCreated(dataset: Dataset): void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    mode: 'onTouched',
    delayError: ERROR_DELAY_MS,
    defaultValues: { name: '', kind: 'upload', text: '' },
  });
  const forgetDraft = useFormDraft(`dataset-${team}`, form);
  const upload = useUpload({ team, purpose: 'dataset' });
  const create = useMutation(trpc.training.createDataset.mutationOptions());
  const kind = useWatch({ control: form.control, name: 'kind' });
  const { errors } = form.formState;
  const submit = form.handleSubmit(async ({ name, text }) => {
    const source = sourceOf(kind, text, upload.state.uploadId);
    if (source === null) {
      const isText = kind === 'text';
      form.setError(isText ? 'text' : 'kind', {
        message: isText ? 'Paste some text.' : 'Choose a file and wait until it has arrived.',
      });
      return;
    }
    try {
      const dataset = await create.mutateAsync({ team, name, source });
      forgetDraft();
      await queryClient.invalidateQueries(trpc.training.listDatasets.pathFilter());
      onCreated(dataset);
    } catch (cause) {
      showServerError(cause, form.setError, ['name', 'text']);
    }
  });
  const isUploading = kind === 'upload' && upload.state.file !== null && upload.state.status !== 'finished';
  return (
    <form
      noValidate
      aria-label="New data set"
      className="flex flex-col gap-5 pt-2"
      onSubmit={(event) => {
        // The launch form around the dialog must not see this submit: React bubbles through portals.
        event.stopPropagation();
        void submit(event);
      }}
    >
      {errors.root === undefined ? null : (
        <Notice tone="danger" isAlert title="It was not created">
          {errors.root.message}
        </Notice>
      )}
      <Fieldset legend="Source">
        <RadioCards label="Source" value={kind} options={OPTIONS} onChange={(value) => form.setValue('kind', value)} />
      </Fieldset>
      {kind === 'upload' ? (
        <UploadField
          label="Data file"
          accept=".txt,.jsonl,.md,.json,text/plain"
          help="Plain text, or one JSON object with text or messages a line."
          state={upload.state}
          error={errors.kind?.message}
          onChoose={(file) => {
            form.clearErrors('kind');
            if (form.getValues('name') === '') form.setValue('name', modelNameOf(file.name.replace(/\.[^.]+$/, '')));
            upload.start(file);
          }}
          onPause={upload.pause}
          onResume={upload.resume}
          onReset={upload.reset}
        />
      ) : (
        <Field
          label="Text"
          isRequired
          error={errors.text?.message}
          help={`Plain text or JSON lines, at most ${formatBytes(MAX_TEXT)}.`}
        >
          <Textarea rows={10} className="font-mono text-[12.5px]" {...form.register('text')} />
        </Field>
      )}
      <Field label="Data set name" isRequired error={errors.name?.message}>
        <Input autoComplete="off" spellCheck={false} {...form.register('name')} />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" isPending={create.isPending} disabled={isUploading}>
          Create data set
        </Button>
      </div>
    </form>
  );
}

function sourceOf(kind: 'upload' | 'text', text: string, uploadId: string | null) {
  if (kind === 'text') return text.trim() === '' ? null : { kind, text };
  return uploadId === null ? null : { kind, uploadId };
}
