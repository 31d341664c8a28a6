'use client';
import { Button, Card, EmptyState, Field, Link, Notice, PageHeader, Select, StatusBadge } from '@slipway/ui';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Eraser, MessageSquareText } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { resyncMs } from '@/components/resync.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { ChatSettingsForm } from './chat-settings-form.tsx';
import { ChatThread } from './chat-thread.tsx';
import { chooseEndpoint, endpointOptions, talkative } from './choose-endpoint.ts';
import { Composer } from './composer.tsx';
import { useChat } from './use-chat.ts';

/** PlaygroundPage talks with an endpoint as its users would, through the gateway. */
export function PlaygroundPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const { data } = useSuspenseQuery(
    trpc.serving.listEndpoints.queryOptions(
      { team },
      { refetchInterval: ({ state }) => resyncMs(state.data?.items.map((endpoint) => endpoint.status) ?? []) },
    ),
  );
  const [wanted, setWanted] = useQueryState('endpoint', parseAsString);
  const endpoints = talkative(data.items);
  const endpoint = chooseEndpoint(endpoints, { team, wanted });
  const chat = useChat(team, endpoint?.modelId ?? null);
  const { messages, isStreaming, settings } = chat.state;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        title="Playground"
        description="Talk with an endpoint through the gateway, as your application would."
        actions={
          <Button onClick={chat.clear} disabled={messages.length === 0}>
            <Eraser aria-hidden />
            Clear conversation
          </Button>
        }
      />
      {endpoint === null ? (
        <Card>
          <EmptyState
            icon={MessageSquareText}
            title="No endpoint to talk with yet"
            description="Deploy a model version as an endpoint; it appears here as soon as a replica is ready."
            action={
              <Button asChild variant="primary">
                <Link href={`/teams/${team}/endpoints/new`}>Deploy endpoint</Link>
              </Button>
            }
          />
        </Card>
      ) : (
        <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_18rem] lg:grid-rows-[auto_1fr]">
          <section
            aria-label="Chat"
            className="flex h-[calc(100dvh-12rem)] min-h-96 min-w-0 flex-col rounded-lg border border-line bg-surface lg:row-span-2"
          >
            <ChatThread
              messages={messages}
              isStreaming={isStreaming}
              modelId={endpoint.modelId}
              onRegenerate={chat.regenerate}
            />
            <Composer
              isStreaming={isStreaming}
              isReady={endpoint.readyReplicas > 0}
              onAsk={chat.ask}
              onStop={chat.stop}
            />
          </section>
          <Card className="max-lg:order-first">
            <Field label="Endpoint" isRequired>
              <Select
                value={`${endpoint.team}/${endpoint.name}`}
                options={endpointOptions(endpoints, team)}
                onChange={(event) => void setWanted(event.target.value)}
              />
            </Field>
            <div className="mt-3 flex flex-wrap items-center gap-2 text-[12.5px] text-ink-muted">
              <StatusBadge status={endpoint.status} />
              <span>{endpoint.stable?.versionLabel}</span>
              <Link
                className="ml-auto text-accent-text hover:underline"
                href={`/teams/${team}/endpoints/${endpoint.name}`}
              >
                Open endpoint
              </Link>
            </div>
            {endpoint.readyReplicas > 0 ? null : (
              <Notice tone="warning" className="mt-3" title="No replica is ready">
                {endpoint.condition?.message ?? 'Wait until a replica has started.'}
              </Notice>
            )}
          </Card>
          <ChatSettingsForm settings={settings} onChange={chat.set} />
        </div>
      )}
    </div>
  );
}
