'use client';
import {
  Button,
  Card,
  CodeBlock,
  type Column,
  CopyableText,
  cn,
  DataTable,
  Elapsed,
  EmptyState,
  KeyValueList,
  Link,
  RelativeTime,
  StatusBadge,
} from '@slipway/ui';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { versionHref } from '../registry/version-href.ts';
import { callSnippets } from './call-snippets.ts';
import type { EndpointDetail, Replica, Revision } from './types.ts';

/** OverviewTab shows an endpoint's replicas and revisions and how to call it. */
export function OverviewTab({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Card title="Replicas" isFlush>
        <DataTable
          label="Replicas"
          columns={REPLICA_COLUMNS}
          rows={endpoint.replicas}
          getRowId={(replica) => replica.id}
          empty={
            <EmptyState
              title="No replicas"
              description={
                endpoint.desiredReplicas === 0
                  ? 'The endpoint is scaled to 0: it holds no slots and answers no requests. Scale it up under Settings.'
                  : 'The worker has not started one yet.'
              }
            />
          }
        />
      </Card>
      <Card title="Revisions" isFlush>
        <DataTable
          label="Revisions"
          columns={revisionColumns(team)}
          rows={endpoint.revisions}
          getRowId={(revision) => revision.id}
        />
      </Card>
      <HowToCall team={team} endpoint={endpoint} />
    </div>
  );
}

const REPLICA_COLUMNS: Column<Replica>[] = [
  {
    id: 'name',
    header: 'Replica',
    isRowHeader: true,
    cell: (replica) => `Revision ${replica.revision}, replica ${replica.ordinal + 1}`,
  },
  { id: 'status', header: 'Status', cell: (replica) => <StatusBadge status={replica.status} /> },
  {
    id: 'reason',
    header: 'Reason',
    className: 'max-w-md',
    cell: ({ condition }) => <span className="break-words text-[13px] text-ink-muted">{condition?.message ?? ''}</span>,
  },
  { id: 'restarts', header: 'Restarts', align: 'right', cell: (replica) => String(replica.restarts) },
  {
    id: 'ready',
    header: 'Ready for',
    align: 'right',
    cell: (replica) =>
      replica.readyAt === null || replica.status !== 'ready' ? (
        <span className="text-ink-subtle">–</span>
      ) : (
        <Elapsed from={replica.readyAt} to={null} />
      ),
  },
];

function revisionColumns(team: string): Column<Revision>[] {
  return [
    { id: 'number', header: 'Revision', isRowHeader: true, cell: (revision) => `Revision ${revision.number}` },
    { id: 'role', header: 'Role', cell: (revision) => revision.role },
    { id: 'weight', header: 'Traffic', align: 'right', cell: (revision) => `${revision.weightPercent} %` },
    {
      id: 'version',
      header: 'Version',
      cell: (revision) => (
        <Link
          className="break-all text-accent-text hover:underline"
          href={versionHref(team, revision.versionLabel, revision.versionId)}
        >
          {revision.versionLabel}
        </Link>
      ),
    },
    {
      id: 'replicas',
      header: 'Replicas ready',
      align: 'right',
      cell: (revision) => `${revision.readyReplicas} of ${revision.desiredReplicas}`,
    },
    { id: 'slots', header: 'Slots each', align: 'right', cell: (revision) => String(revision.slotsPerReplica) },
    { id: 'context', header: 'Context', align: 'right', cell: (revision) => String(revision.contextTokens) },
    { id: 'by', header: 'By', cell: (revision) => revision.createdBy },
    { id: 'age', header: 'Age', cell: (revision) => <RelativeTime at={revision.createdAt} /> },
  ];
}

function HowToCall({ team, endpoint }: { team: string; endpoint: EndpointDetail }) {
  const snippets = callSnippets({ ...endpoint, task: endpoint.stable?.task ?? 'generation' });
  const [chosen, setChosen] = useState(snippets[0]?.id);
  const snippet = snippets.find((one) => one.id === chosen) ?? snippets[0];
  return (
    <Card
      title="How to call it"
      description="The OpenAI API, with a key of the team."
      actions={
        <Button asChild size="sm">
          <Link href={`/teams/${team}/keys`}>
            <KeyRound aria-hidden />
            Get an API key
          </Link>
        </Button>
      }
    >
      <div className="flex min-w-0 flex-col gap-4">
        <KeyValueList
          items={[
            { label: 'Base URL', value: <CopyableText text={endpoint.baseUrl} label="Copy base URL" /> },
            { label: 'Model', value: <CopyableText text={endpoint.modelId} label="Copy model id" /> },
          ]}
        />
        <fieldset aria-label="Language" className="flex gap-1.5">
          {snippets.map((one) => (
            <Button
              key={one.id}
              size="sm"
              variant="ghost"
              aria-pressed={one.id === snippet?.id}
              className={cn(one.id === snippet?.id && 'bg-surface-hover text-ink')}
              onClick={() => setChosen(one.id)}
            >
              {one.label}
            </Button>
          ))}
        </fieldset>
        {snippet === undefined ? null : <CodeBlock code={snippet.code} label={`${snippet.label} example`} />}
      </div>
    </Card>
  );
}
