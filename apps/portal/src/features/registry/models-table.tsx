'use client';
import {
  Badge,
  type Column,
  DataTable,
  DropdownMenu,
  formatBytes,
  formatTokens,
  IconButton,
  Link,
  type MenuItem,
  RelativeTime,
} from '@slipway/ui';
import { Ellipsis, FlaskConical, Rocket } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Model } from './types.ts';
import { VersionStatus } from './version-status.tsx';

const dash = <span className="text-ink-subtle">–</span>;

/** ModelsTable lists models by what their latest version is. */
export function ModelsTable({ team, models, empty }: { team: string; models: readonly Model[]; empty: ReactNode }) {
  const columns: Column<Model>[] = [
    {
      id: 'name',
      header: 'Model',
      isRowHeader: true,
      cell: (model) => (
        <span className="flex min-w-0 flex-wrap items-center gap-2">
          <Link href={hrefOf(team, model)} className="break-all font-medium text-ink hover:underline">
            {model.team === team ? model.name : `${model.team}/${model.name}`}
          </Link>
          {model.visibility === 'organisation' ? <Badge>shared</Badge> : null}
        </span>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      cell: ({ latestVersion }) => (latestVersion === null ? dash : <VersionStatus version={latestVersion} />),
    },
    {
      id: 'version',
      header: 'Latest',
      cell: ({ latestVersion, ...model }) =>
        latestVersion === null ? (
          dash
        ) : (
          <Link
            className="text-accent-text hover:underline"
            href={`${hrefOf(team, model)}/versions/${latestVersion.id}`}
          >
            version {latestVersion.version}
          </Link>
        ),
    },
    {
      id: 'architecture',
      header: 'Architecture',
      cell: (model) => model.latestVersion?.metadata?.architecture ?? dash,
    },
    {
      id: 'parameters',
      header: 'Parameters',
      align: 'right',
      cell: ({ latestVersion }) =>
        latestVersion?.metadata ? formatTokens(latestVersion.metadata.parameterCount) : dash,
    },
    {
      id: 'quantisation',
      header: 'Quantisation',
      cell: (model) => model.latestVersion?.metadata?.quantisation ?? dash,
    },
    {
      id: 'size',
      header: 'Size',
      align: 'right',
      cell: ({ latestVersion }) =>
        latestVersion === null || latestVersion.sizeBytes === null ? dash : formatBytes(latestVersion.sizeBytes),
    },
    { id: 'age', header: 'Updated', cell: (model) => <RelativeTime at={model.updatedAt} /> },
    {
      id: 'actions',
      header: 'Actions',
      isAction: true,
      align: 'right',
      cell: (model) => <RowMenu team={team} model={model} />,
    },
  ];
  return <DataTable label="Models" columns={columns} rows={models} getRowId={(model) => model.id} empty={empty} />;
}

// A shared model of another team is looked at from one's own.
const hrefOf = (team: string, model: { name: string }) => `/teams/${team}/models/${model.name}`;

function RowMenu({ team, model }: { team: string; model: Model }) {
  const { latestVersion } = model;
  const isReady = latestVersion?.status === 'ready';
  const items: MenuItem[] = [{ id: 'open', label: 'Open model', href: hrefOf(team, model) }];
  if (latestVersion !== null && isReady) {
    items.push(
      {
        id: 'deploy',
        label: 'Deploy latest version',
        icon: Rocket,
        href: `/teams/${team}/endpoints/new?version=${latestVersion.id}`,
      },
      {
        id: 'train',
        label: 'Fine-tune latest version',
        icon: FlaskConical,
        href: `/teams/${team}/training/new?base=${latestVersion.id}`,
      },
    );
  }
  return (
    <DropdownMenu
      items={items}
      trigger={
        <IconButton size="sm" label={`Actions for ${model.name}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    />
  );
}
