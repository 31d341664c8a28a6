'use client';
import { Button, Card, EmptyState, Link, PageHeader } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Boxes } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { LaunchForm } from './launch-form-view.tsx';

/** NewRunPage launches a run on a golden path. */
export function NewRunPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const templates = useQuery(trpc.catalog.listTemplates.queryOptions({}));
  const versions = useQuery(trpc.registry.listDeployableVersions.queryOptions({ team }));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        crumbs={[{ label: 'Training', href: `/teams/${team}/training` }, { label: 'New run' }]}
        title="New training run"
        description="A golden path: choose what to learn from, see what it takes, launch it."
      />
      <Loaded query={templates} label="templates">
        {({ items }) => {
          const golden = items.filter((template) => template.kind === 'training');
          return (
            <Loaded query={versions} label="model versions">
              {({ items: bases }) =>
                bases.length === 0 || golden.length === 0 ? (
                  <Card>
                    <EmptyState
                      icon={Boxes}
                      title="No model version to train from"
                      description="Register a model first; as soon as its version is ready a run can start from it."
                      action={
                        <Button asChild variant="primary">
                          <Link href={`/teams/${team}/models?register=`}>Register model</Link>
                        </Button>
                      }
                    />
                  </Card>
                ) : (
                  <LaunchForm team={team} templates={golden} bases={bases} />
                )
              }
            </Loaded>
          );
        }}
      </Loaded>
    </div>
  );
}
