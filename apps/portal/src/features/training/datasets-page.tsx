'use client';
import {
  Button,
  Card,
  type Column,
  CopyableText,
  DataTable,
  Dialog,
  EmptyState,
  formatBytes,
  formatCount,
  KeyValueList,
  Link,
  PageHeader,
  RelativeTime,
  SearchInput,
  Toolbar,
  toast,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { BookOpen, FlaskConical, Plus } from 'lucide-react';
import { parseAsBoolean, parseAsString, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { DatasetDialog } from './dataset-dialog.tsx';
import type { Dataset } from './types.ts';

/** DatasetsPage lists the team's data sets and previews one. */
export function DatasetsPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.training.listDatasets.queryOptions({ team }));
  const [isNew, setNew] = useQueryState('new', parseAsBoolean.withDefault(false));
  const [dataset, setDataset] = useQueryState('dataset', parseAsString);
  const [search, setSearch] = useQueryState('search', parseAsString.withDefault(''));
  const mayCreate = useCan('run:launch', team);
  const newButton = mayCreate ? (
    <Button variant="primary" onClick={() => void setNew(true)}>
      <Plus aria-hidden />
      New data set
    </Button>
  ) : undefined;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader title="Data sets" description="Text that runs train on, stored by digest." actions={newButton} />
      <Loaded query={query} label="data sets">
        {({ items }) => {
          const words = search.trim().toLowerCase();
          const shown = items.filter((item) => item.name.includes(words));
          return items.length === 0 ? (
            <Card>
              <EmptyState
                icon={BookOpen}
                title="No data sets yet"
                description="Upload a text or JSON lines file, or paste some text. A training run learns from it."
                action={newButton}
              />
            </Card>
          ) : (
            <>
              <Toolbar>
                <SearchInput
                  label="Search data sets"
                  value={search}
                  onChange={(text) => void setSearch(text === '' ? null : text)}
                />
              </Toolbar>
              <Card isFlush>
                <DataTable
                  label="Data sets"
                  columns={columnsFor((id) => void setDataset(id))}
                  rows={shown}
                  getRowId={(item) => item.id}
                  empty={<EmptyState title="No data set matches" description="Search for something else." />}
                />
              </Card>
            </>
          );
        }}
      </Loaded>
      <DatasetDialog
        team={team}
        isOpen={isNew}
        onOpenChange={(isOpen) => void setNew(isOpen ? true : null)}
        onCreated={(created) => {
          toast(`Data set ${created.name} was created`);
          void setNew(null);
          void setDataset(created.id);
        }}
      />
      <Dialog
        isOpen={dataset !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) void setDataset(null);
        }}
        title="Data set"
        side="right"
      >
        {dataset === null ? null : <Preview team={team} datasetId={dataset} mayTrain={mayCreate} />}
      </Dialog>
    </div>
  );
}

function columnsFor(onOpen: (id: string) => void): Column<Dataset>[] {
  return [
    {
      id: 'name',
      header: 'Data set',
      isRowHeader: true,
      cell: (dataset) => (
        <Button variant="link" className="max-w-full justify-start px-0 text-ink" onClick={() => onOpen(dataset.id)}>
          <span className="truncate">{dataset.name}</span>
        </Button>
      ),
    },
    { id: 'format', header: 'Format', cell: (dataset) => (dataset.format === 'jsonl' ? 'JSON lines' : 'text') },
    { id: 'lines', header: 'Lines', align: 'right', cell: (dataset) => formatCount(dataset.lineCount) },
    { id: 'size', header: 'Size', align: 'right', cell: (dataset) => formatBytes(dataset.sizeBytes) },
    { id: 'by', header: 'By', cell: (dataset) => dataset.createdBy },
    { id: 'age', header: 'Age', cell: (dataset) => <RelativeTime at={dataset.createdAt} /> },
  ];
}

function Preview({ team, datasetId, mayTrain }: { team: string; datasetId: string; mayTrain: boolean }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.training.getDataset.queryOptions({ team, datasetId }));
  return (
    <Loaded query={query} label="the data set">
      {(dataset) => (
        <div className="flex flex-col gap-4 pt-2">
          <h3 className="break-all font-semibold text-[15px]">{dataset.name}</h3>
          <KeyValueList
            items={[
              { label: 'Format', value: dataset.format === 'jsonl' ? 'JSON lines' : 'text' },
              { label: 'Lines', value: formatCount(dataset.lineCount) },
              { label: 'Size', value: formatBytes(dataset.sizeBytes) },
              { label: 'Digest', value: <CopyableText text={dataset.digest} label="Copy digest" /> },
              { label: 'Created', value: <RelativeTime at={dataset.createdAt} /> },
              { label: 'By', value: dataset.createdBy },
            ]}
          />
          <section
            aria-label="First lines"
            tabIndex={0}
            className="max-h-96 overflow-auto rounded-md border border-line bg-surface-sunken p-3"
          >
            <ol className="flex flex-col gap-1 font-mono text-[12.5px] leading-5">
              {dataset.preview.map((line, index) => (
                <li key={index} className="flex gap-3">
                  <span aria-hidden className="numeric w-6 shrink-0 select-none text-right text-ink-subtle">
                    {index + 1}
                  </span>
                  <span className="min-w-0 whitespace-pre-wrap break-words">{line}</span>
                </li>
              ))}
            </ol>
          </section>
          {mayTrain ? (
            <Button asChild variant="primary" className="self-start">
              <Link href={`/teams/${team}/training/new?dataset=${dataset.id}`}>
                <FlaskConical aria-hidden />
                Train on this data set
              </Link>
            </Button>
          ) : null}
        </div>
      )}
    </Loaded>
  );
}
