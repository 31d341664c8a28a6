'use client';
import { Button, Card, EmptyState, formatPrice, PageHeader } from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Gauge, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTeamPage } from '@/components/use-team-page.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { FlavorUse } from './flavor-use.tsx';
import { GrantList } from './grant-list.tsx';
import { TeamRequests } from './team-requests.tsx';

const RequestDialog = dynamic(() => import('./request-dialog.tsx').then((file) => file.RequestDialog));

/** QuotaPage shows what a team is granted and uses, and takes its requests. */
export function QuotaPage() {
  const { team, crumbs } = useTeamPage('Quota');
  const trpc = useTRPC();
  const quota = useQuery(trpc.quota.getTeamQuota.queryOptions({ team: team.slug }));
  const canRequest = useCan('quota:request', team.slug);
  const [isOpen, setOpen] = useQueryState('request', parseAsBoolean.withDefault(false));
  const requestButton = canRequest ? (
    <Button variant="primary" onClick={() => setOpen(true)}>
      <Plus aria-hidden />
      Request quota
    </Button>
  ) : undefined;
  return (
    <div className="flex flex-col gap-6">
      <PageHeader
        crumbs={crumbs}
        title="Quota"
        description={`What team ${team.name} may run at the same time, and what of it is in use.`}
        actions={requestButton}
      />
      <Loaded query={quota} label="quota">
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                icon={Gauge}
                title="No quota yet"
                description="Ask for slots of a flavour; an administrator decides, and the grant takes effect at once."
                action={requestButton}
              />
            </Card>
          ) : (
            <div className="grid gap-4 lg:grid-cols-2">
              {items.map((item) => (
                <Card
                  key={item.flavor}
                  title={item.flavor}
                  description={`${item.flavorModel} · ${formatPrice(item.priceMicrosPerSlotHour, 'slot h')}`}
                >
                  <FlavorUse label={item.flavor} used={item.usedSlots} granted={item.grantedSlots} />
                  <GrantList grants={item.grants} />
                </Card>
              ))}
            </div>
          )
        }
      </Loaded>
      <TeamRequests team={team.slug} />
      {canRequest && isOpen ? (
        <RequestDialog team={team.slug} isOpen={isOpen} onOpenChange={(open) => void setOpen(open)} />
      ) : null}
    </div>
  );
}
