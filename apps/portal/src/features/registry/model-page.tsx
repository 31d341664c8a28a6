'use client';
import {
  Button,
  Card,
  type Column,
  DataTable,
  EmptyState,
  formatBytes,
  Link,
  PageHeader,
  RelativeTime,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { FlaskConical, Plus, Rocket } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { resyncMs } from '@/components/resync.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { RegisterDialog } from './register-dialog.tsx';
import type { Version } from './types.ts';
import { shortDigest } from './version-facts.ts';
import { ImportState, VersionStatus } from './version-status.tsx';

const dash = <span className="text-ink-subtle">–</span>;

/** ModelPage is one model with its versions, newest first. */
export function ModelPage({ team, model: name }: { team: string; model: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.registry.getModel.queryOptions(
      { team, model: name },
      { refetchInterval: ({ state }) => resyncMs(state.data?.versions.map((version) => version.status) ?? []) },
    ),
  );
  const [register, setRegister] = useQueryState('register', parseAsString);
  const mayWrite = useCan('model:write', team);
  return (
    <Loaded query={query} label="the model">
      {(model) => {
        const ready = model.versions.find((version) => version.status === 'ready');
        const [latest] = model.versions;
        return (
          <div className="flex min-w-0 flex-col gap-4">
            <PageHeader
              crumbs={[{ label: 'Models', href: `/teams/${team}/models` }, { label: model.name }]}
              title={model.name}
              status={latest === undefined ? undefined : <VersionStatus version={latest} />}
              description={
                model.description === ''
                  ? model.versionCount === 1
                    ? '1 version'
                    : `${model.versionCount} versions`
                  : model.description
              }
              actions={
                <>
                  {mayWrite && model.team === team ? (
                    <Button onClick={() => void setRegister(model.name)}>
                      <Plus aria-hidden />
                      Register version
                    </Button>
                  ) : null}
                  {ready === undefined ? null : <NextSteps team={team} version={ready} />}
                </>
              }
            />
            {latest === undefined ? null : (
              <ImportState team={team} version={latest} mayWrite={mayWrite && model.team === team} />
            )}
            <Card title="Versions" isFlush>
              <VersionsTable team={team} versions={model.versions} />
            </Card>
            <RegisterDialog team={team} model={register} onClose={() => void setRegister(null)} />
          </div>
        );
      }}
    </Loaded>
  );
}

/** NextSteps offers what can be done with a ready version: fine-tune it, deploy it. */
export function NextSteps({ team, version }: { team: string; version: Version }) {
  const mayTrain = useCan('run:launch', team);
  const mayDeploy = useCan('endpoint:deploy', team);
  return (
    <>
      {mayTrain ? (
        <Button asChild>
          <Link href={`/teams/${team}/training/new?base=${version.id}`}>
            <FlaskConical aria-hidden />
            Fine-tune version {version.version}
          </Link>
        </Button>
      ) : null}
      {mayDeploy ? (
        <Button asChild variant="primary">
          <Link href={`/teams/${team}/endpoints/new?version=${version.id}`}>
            <Rocket aria-hidden />
            Deploy version {version.version}
          </Link>
        </Button>
      ) : null}
    </>
  );
}

function VersionsTable({ team, versions }: { team: string; versions: readonly Version[] }) {
  const columns: Column<Version>[] = [
    {
      id: 'version',
      header: 'Version',
      isRowHeader: true,
      cell: (version) => (
        <Link
          className="font-medium hover:underline"
          href={`/teams/${team}/models/${version.model}/versions/${version.id}`}
        >
          version {version.version}
        </Link>
      ),
    },
    { id: 'status', header: 'Status', cell: (version) => <VersionStatus version={version} /> },
    { id: 'quantisation', header: 'Quantisation', cell: ({ metadata }) => metadata?.quantisation ?? dash },
    {
      id: 'size',
      header: 'Size',
      align: 'right',
      cell: ({ sizeBytes }) => (sizeBytes === null ? dash : formatBytes(sizeBytes)),
    },
    {
      id: 'digest',
      header: 'Digest',
      cell: ({ digest }) =>
        digest === null ? (
          dash
        ) : (
          <code className="font-mono text-[12.5px]" title={digest}>
            {shortDigest(digest)}
          </code>
        ),
    },
    {
      id: 'source',
      header: 'From',
      cell: ({ lineage, source }) => (lineage === null ? SOURCE_WORDS[source.kind] : `run ${lineage.runName}`),
    },
    { id: 'by', header: 'By', cell: (version) => version.createdBy },
    { id: 'age', header: 'Age', cell: (version) => <RelativeTime at={version.createdAt} /> },
  ];
  return (
    <DataTable
      label="Versions"
      columns={columns}
      rows={versions}
      getRowId={(version) => version.id}
      empty={<EmptyState title="No versions" description="All were deleted. Register a version to use this model." />}
    />
  );
}

/** SOURCE_WORDS says where a version's bytes came from. */
export const SOURCE_WORDS: Record<Version['source']['kind'], string> = {
  upload: 'upload',
  path: 'path on the server',
  s3: 'S3',
  huggingface: 'Hugging Face',
  run: 'training run',
  starter: 'starter model',
};
