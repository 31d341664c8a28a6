'use client';
import { Card, KeyValueList, PageHeader, RelativeTime, StatusBadge } from '@slipway/ui';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import { DecideForm } from './decide-form.tsx';
import { Evidence } from './evidence.tsx';
import { decisionText, durationText } from './request-status.ts';

/** DecidePage shows a request, the evidence and the effect side by side, and takes the decision. */
export function DecidePage({ requestId }: { requestId: string }) {
  const trpc = useTRPC();
  const { data: request } = useSuspenseQuery(trpc.quota.getQuotaRequest.queryOptions({ requestId }));
  const title = `${request.slots} × ${request.flavor} for ${request.teamName}`;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Requests', href: '/requests' }, { label: title }]}
        title={title}
        status={<StatusBadge status={request.status} />}
        description={decisionText(request)}
      />
      <div className="grid items-start gap-4 lg:grid-cols-3">
        <Card title="Request">
          <KeyValueList
            items={[
              { label: 'Team', value: request.teamName },
              { label: 'Flavour', value: `${request.flavor} (${request.flavorModel})` },
              { label: 'Slots', value: request.slots },
              { label: 'For', value: durationText(request.durationHours) },
              { label: 'Asked by', value: request.requestedBy },
              { label: 'Asked', value: <RelativeTime at={request.requestedAt} /> },
              { label: 'Purpose', value: <span className="whitespace-pre-wrap">{request.purpose}</span> },
            ]}
          />
        </Card>
        <Card title="Evidence">
          <Evidence request={request} />
        </Card>
        {request.status === 'pending' ? (
          <Card title="Decision" description="Keys: A approves, R rejects, Ctrl+Enter in the comment approves.">
            <DecideForm request={request} />
          </Card>
        ) : (
          <Card title="Decision">
            <KeyValueList
              items={[
                { label: 'Status', value: <StatusBadge status={request.status} /> },
                { label: 'By', value: request.decidedBy ?? request.requestedBy },
                { label: 'When', value: <RelativeTime at={request.decidedAt} fallback="not noted" /> },
                { label: 'Comment', value: request.comment ?? 'none' },
              ]}
            />
          </Card>
        )}
      </div>
    </div>
  );
}
