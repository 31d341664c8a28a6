'use client';
import {
  Button,
  Card,
  ConfirmDialog,
  CopyableText,
  Field,
  Input,
  KeyValueList,
  Notice,
  RelativeTime,
  toast,
} from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Scaling, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { messageOf } from '@/components/server-error.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { EndpointDetail } from './types.ts';
import { useScale } from './use-scale.ts';

const MAX_REPLICAS = 32;

/** SettingsTab scales an endpoint and deletes it. */
export function SettingsTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const mayDeploy = useCan('endpoint:deploy', team) && endpoint.team === team;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {mayDeploy ? (
        <ScaleCard team={team} endpoint={endpoint} />
      ) : (
        <Notice>You may look at this endpoint, not change it. A member of team {endpoint.team} can.</Notice>
      )}
      <Card title="Configuration">
        <KeyValueList
          columns={2}
          items={[
            { label: 'Endpoint id', value: <CopyableText text={endpoint.id} label="Copy endpoint id" /> },
            { label: 'Visibility', value: endpoint.visibility === 'team' ? 'this team' : 'every team' },
            { label: 'Flavour', value: endpoint.flavor },
            { label: 'Template', value: `${endpoint.template} ${endpoint.templateVersion}` },
            { label: 'Concurrent requests per replica', value: String(endpoint.stable?.maxConcurrency ?? '–') },
            { label: 'System message', value: <SystemMessage text={endpoint.stable?.systemMessage ?? null} /> },
            {
              label: 'Generation',
              value: `${endpoint.generation}, seen by the worker: ${endpoint.observedGeneration}`,
            },
            { label: 'Created', value: <RelativeTime at={endpoint.createdAt} /> },
            { label: 'By', value: endpoint.createdBy },
          ]}
        />
      </Card>
      {mayDeploy ? <DeleteCard team={team} endpoint={endpoint} /> : null}
    </div>
  );
}

function SystemMessage({ text }: { text: string | null }) {
  if (text === null) return "none: the model's template decides";
  return <span className="whitespace-pre-wrap break-words">{text}</span>;
}

function ScaleCard({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const scale = useScale(team, endpoint.name);
  const [typed, setTyped] = useState<string | null>(null);
  const current = endpoint.stable?.desiredReplicas ?? 0;
  const text = typed ?? String(current);
  const replicas = Number(text);
  const isSound = text.trim() !== '' && Number.isInteger(replicas) && replicas >= 0 && replicas <= MAX_REPLICAS;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSound) scale.mutate({ team, endpoint: endpoint.name, replicas }, { onSuccess: () => setTyped(null) });
  };
  return (
    <Card title="Scale" description="0 pauses the endpoint: it holds no slots and answers no requests.">
      <form onSubmit={submit} noValidate aria-label="Scale endpoint" className="flex flex-wrap items-start gap-3">
        <Field
          label="Replicas"
          isRequired
          className="w-48"
          error={isSound ? undefined : `Give a whole number from 0 to ${MAX_REPLICAS}.`}
        >
          <Input
            inputMode="numeric"
            autoComplete="off"
            value={text}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <Button
          type="submit"
          className="mt-6.5"
          disabled={!isSound || replicas === current}
          isPending={scale.isPending}
        >
          <Scaling aria-hidden />
          {replicas === 0 ? 'Pause endpoint' : 'Scale endpoint'}
        </Button>
      </form>
      {scale.error === null ? null : (
        <Notice tone="danger" isAlert className="mt-3" title="It was not scaled">
          {messageOf(scale.error)}
        </Notice>
      )}
    </Card>
  );
}

function DeleteCard({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const remove = useMutation(
    trpc.serving.deleteEndpoint.mutationOptions({
      onSuccess: () => {
        toast(`Endpoint ${endpoint.name} is being deleted`);
        router.push(`/teams/${team}/endpoints`);
        void queryClient.invalidateQueries(trpc.serving.listEndpoints.pathFilter());
      },
    }),
  );
  return (
    <>
      <Card
        title="Delete endpoint"
        description="Requests are refused from then on; replicas finish what they have begun. Usage and cost stay, and so does the model version."
        actions={
          <Button variant="danger" onClick={() => setOpen(true)}>
            <Trash2 aria-hidden />
            Delete endpoint
          </Button>
        }
      />
      <ConfirmDialog
        isOpen={isOpen}
        onOpenChange={setOpen}
        title={`Delete endpoint ${endpoint.name}`}
        description={`Clients that call ${endpoint.modelId} get an error at once. This cannot be undone.`}
        confirmLabel="Delete endpoint"
        name={endpoint.name}
        isPending={remove.isPending}
        error={remove.error === null ? undefined : messageOf(remove.error)}
        onConfirm={(confirm) => remove.mutate({ team, endpoint: endpoint.name, confirm })}
      />
    </>
  );
}
