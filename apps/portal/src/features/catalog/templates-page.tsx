'use client';
import { Badge, Button, Card, DataTable, EmptyState, Link, PageHeader } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { LayoutTemplate } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTeam } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { describeParams } from './describe-params.ts';

/** TemplatesPage lists the golden paths with what they take. */
export function TemplatesPage() {
  const trpc = useTRPC();
  const templates = useQuery(trpc.catalog.listTemplates.queryOptions({}));
  const team = useTeam();
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Templates' }]}
        title="Templates"
        description="Golden paths: what a team can launch, with parameters that are checked."
      />
      <Loaded query={templates} label="templates">
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                icon={LayoutTemplate}
                title="No templates"
                description="This installation has no golden paths."
              />
            </Card>
          ) : (
            items.map((template) => (
              <Card
                key={template.id}
                isFlush
                title={template.title}
                description={template.description}
                actions={
                  <>
                    <Badge>
                      {template.kind} · {template.id} {template.version}
                    </Badge>
                    {team === null ? null : (
                      <Button asChild size="sm">
                        <Link
                          href={`/teams/${team.slug}/${template.kind === 'training' ? 'training' : 'endpoints'}/new?template=${template.id}`}
                        >
                          {template.kind === 'training' ? 'Launch training' : 'Deploy endpoint'}
                        </Link>
                      </Button>
                    )}
                  </>
                }
              >
                <DataTable
                  label={`Parameters of ${template.title}`}
                  rows={describeParams(template.paramsSchema, template.defaults)}
                  getRowId={(param) => param.name}
                  empty={
                    <p className="p-4 text-[13px] text-ink-muted">No parameters beyond version, slots and time.</p>
                  }
                  columns={[
                    { id: 'name', header: 'Parameter', isRowHeader: true, cell: (param) => param.title },
                    { id: 'range', header: 'Allowed', cell: (param) => param.allowed },
                    { id: 'default', header: 'Default', cell: (param) => param.defaultText },
                    {
                      id: 'help',
                      header: 'What it does',
                      className: 'text-ink-muted',
                      cell: (param) => param.description,
                    },
                  ]}
                />
              </Card>
            ))
          )
        }
      </Loaded>
    </div>
  );
}
