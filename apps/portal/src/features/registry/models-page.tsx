'use client';
import { Badge, Button, Card, EmptyState, FilterChips, PageHeader, SearchInput, Toolbar } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { resyncMs } from '@/components/resync.ts';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { countByStatus, filterModels, MODEL_STATUSES } from './filter-models.ts';
import { ModelsTable } from './models-table.tsx';
import { RegisterDialog } from './register-dialog.tsx';
import type { Model } from './types.ts';

/** ModelsPage lists the team's models and those shared with everybody. */
export function ModelsPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.registry.listModels.queryOptions(
      { team },
      { refetchInterval: ({ state }) => resyncMs(state.data?.items.map((model) => model.latestVersion?.status) ?? []) },
    ),
  );
  const [register, setRegister] = useQueryState('register', parseAsString);
  const mayRegister = useCan('model:write', team);
  const registerButton = (
    <Button variant="primary" onClick={() => void setRegister('')}>
      <Plus aria-hidden />
      Register model
    </Button>
  );
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        title="Models"
        description="Models and their immutable versions, ready to deploy or to train from."
        actions={mayRegister ? registerButton : <Badge>You may read, not register</Badge>}
      />
      <Loaded query={query} label="models">
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                icon={Boxes}
                title="No models yet"
                description="Register a GGUF file from this computer, a path on the server, S3 or Hugging Face. It can then be deployed as an endpoint or fine-tuned."
                action={mayRegister ? registerButton : undefined}
              />
            </Card>
          ) : (
            <ModelList team={team} models={items} />
          )
        }
      </Loaded>
      <RegisterDialog team={team} model={register} onClose={() => void setRegister(null)} />
    </div>
  );
}

function ModelList({ team, models }: { team: string; models: readonly Model[] }) {
  const [search, setSearch] = useQueryState('search', parseAsString.withDefault(''));
  const [status, setStatus] = useQueryState('status', parseAsStringLiteral(MODEL_STATUSES));
  const counts = countByStatus(models);
  const options = MODEL_STATUSES.filter((value) => (counts.get(value) ?? 0) > 0 || value === status).map((value) => ({
    value,
    label: value,
    count: counts.get(value) ?? 0,
  }));
  const shown = filterModels(models, { search, status });
  return (
    <>
      <Toolbar>
        <SearchInput
          label="Search models"
          value={search}
          onChange={(text) => void setSearch(text === '' ? null : text)}
        />
        <FilterChips label="Status" options={options} value={status} onChange={(value) => void setStatus(value)} />
      </Toolbar>
      <Card isFlush>
        <ModelsTable
          team={team}
          models={shown}
          empty={
            <EmptyState
              title="No model matches"
              description="Search for something else, or show all."
              action={
                <Button
                  onClick={() => {
                    void setSearch(null);
                    void setStatus(null);
                  }}
                >
                  Show all models
                </Button>
              }
            />
          }
        />
      </Card>
    </>
  );
}
