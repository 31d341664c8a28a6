'use client';
import { servedTask } from '@slipway/domain/registry';
import {
  Button,
  Card,
  CodeBlock,
  CopyableText,
  formatBytes,
  formatTokens,
  KeyValueList,
  PageHeader,
  RelativeTime,
  Stat,
  StatGrid,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Loaded } from '@/components/loaded.tsx';
import { resyncMs } from '@/components/resync.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { DeleteVersionDialog } from './delete-version-dialog.tsx';
import { LineageCard } from './lineage-card.tsx';
import { NextSteps, SOURCE_WORDS } from './model-page.tsx';
import type { VersionDetail } from './types.ts';
import { ggufFacts } from './version-facts.ts';
import { ImportState, isImporting, VersionStatus } from './version-status.tsx';

interface VersionPageProps {
  team: string;
  model: string;
  versionId: string;
}

/** VersionPage is one immutable version: what its file says, where it came from, what uses it. */
export function VersionPage({ team, model, versionId }: VersionPageProps) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.registry.getModelVersion.queryOptions(
      { team, versionId },
      { refetchInterval: ({ state }) => resyncMs([state.data?.status]) },
    ),
  );
  const mayWrite = useCan('model:write', team) && query.data?.team === team;
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Loaded query={query} label="the version">
      {(version) => (
        <div className="flex min-w-0 flex-col gap-4">
          <PageHeader
            crumbs={[
              { label: 'Models', href: `/teams/${team}/models` },
              { label: model, href: `/teams/${team}/models/${model}` },
              { label: `version ${version.version}` },
            ]}
            title={`${model} version ${version.version}`}
            status={<VersionStatus version={version} />}
            description={
              <>
                {version.label}, registered <RelativeTime at={version.createdAt} /> by {version.createdBy}
              </>
            }
            actions={
              <>
                {mayWrite ? (
                  <Button variant="danger" onClick={() => setDeleting(true)}>
                    <Trash2 aria-hidden />
                    Delete version
                  </Button>
                ) : null}
                {version.status === 'ready' ? <NextSteps team={team} version={version} /> : null}
              </>
            }
          />
          <ImportState team={team} version={version} mayWrite={mayWrite} />
          <Body team={team} version={version} />
          <DeleteVersionDialog team={team} version={version} isOpen={isDeleting} onOpenChange={setDeleting} />
        </div>
      )}
    </Loaded>
  );
}

function Body({ team, version }: { team: string; version: VersionDetail }) {
  const { metadata } = version;
  return (
    <>
      {metadata === null ? null : (
        <StatGrid>
          <Stat label="Parameters" value={formatTokens(metadata.parameterCount)} hint={metadata.architecture} />
          <Stat label="Quantisation" value={metadata.quantisation} />
          <Stat label="Size" value={version.sizeBytes === null ? '–' : formatBytes(version.sizeBytes)} />
          <Stat
            label="Context"
            value={metadata.contextLength === null ? '–' : formatTokens(metadata.contextLength)}
            hint="tokens"
          />
        </StatGrid>
      )}
      <div className="grid min-w-0 items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Identity version={version} />
          {metadata === null ? null : (
            <Card title="GGUF metadata" description="As the file's header says.">
              <KeyValueList items={ggufFacts(metadata)} />
            </Card>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <LineageCard team={team} version={version} />
          {metadata === null || servedTask(metadata) === 'embedding' ? null : (
            <ChatTemplate template={metadata.chatTemplate} />
          )}
        </div>
      </div>
    </>
  );
}

function Identity({ version }: { version: VersionDetail }) {
  const { digest, metadata } = version;
  return (
    <Card title="Identity">
      <KeyValueList
        items={[
          {
            label: 'Digest',
            value:
              digest === null ? (
                isImporting(version) ? (
                  'known after the import'
                ) : (
                  'none'
                )
              ) : (
                <CopyableText text={digest} label="Copy digest" />
              ),
          },
          { label: 'Version id', value: <CopyableText text={version.id} label="Copy version id" /> },
          { label: 'Source', value: SOURCE_WORDS[version.source.kind] },
          {
            label: 'Address',
            value: <span className="break-all font-mono text-[12.5px]">{version.source.address}</span>,
          },
          { label: 'Licence', value: version.licence ?? metadata?.licence ?? 'not stated' },
        ]}
      />
    </Card>
  );
}

function ChatTemplate({ template }: { template: string | null }) {
  return (
    <Card title="Chat template" description="How a conversation becomes a prompt (Jinja).">
      {template === null ? (
        <p className="text-[13px] text-ink-muted">The file has none; the engine uses a plain one.</p>
      ) : (
        <CodeBlock
          code={template}
          label="chat template"
          maxHeight={320}
          className="[&_pre]:whitespace-pre-wrap [&_pre]:break-words"
        />
      )}
    </Card>
  );
}
