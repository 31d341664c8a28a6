'use client';
import { Button, Card, EmptyState, Link, PageHeader } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Boxes } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { DeployForm } from './deploy-form-view.tsx';

/** NewEndpointPage deploys a version on a golden path. */
export function NewEndpointPage({ team }: { team: string }) {
  const trpc = useTRPC();
  const templates = useQuery(trpc.catalog.listTemplates.queryOptions({}));
  const versions = useQuery(trpc.registry.listDeployableVersions.queryOptions({ team }));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <PageHeader
        crumbs={[{ label: 'Endpoints', href: `/teams/${team}/endpoints` }, { label: 'New endpoint' }]}
        title="New endpoint"
        description="A golden path: choose a version and its size, see whether it fits and what it costs, deploy it."
      />
      <Loaded query={templates} label="templates">
        {({ items }) => (
          <Loaded query={versions} label="model versions">
            {({ items: deployable }) => {
              const template = items.find((one) => one.kind === 'serving');
              return deployable.length === 0 || template === undefined ? (
                <Card>
                  <EmptyState
                    icon={Boxes}
                    title="No model version to deploy"
                    description="Register a model first; as soon as its version is ready it can be deployed."
                    action={
                      <Button asChild variant="primary">
                        <Link href={`/teams/${team}/models?register=`}>Register model</Link>
                      </Button>
                    }
                  />
                </Card>
              ) : (
                <DeployForm team={team} template={template} versions={deployable} />
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </div>
  );
}
