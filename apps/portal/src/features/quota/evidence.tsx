'use client';
import type { AppRouter } from '@slipway/api';
import { formatMoney, formatPrice, KeyValueList, Notice } from '@slipway/ui';
import type { inferRouterOutputs } from '@trpc/server';
import { FlavorUse } from './flavor-use.tsx';

/** QuotaRequestDetail is a request with its evidence. */
export type QuotaRequestDetail = inferRouterOutputs<AppRouter>['quota']['getQuotaRequest'];

const SECONDS_PER_HOUR = 3_600;

/** Evidence is what a decision stands on: use of the flavour, the team's use, price and spending. */
export function Evidence({ request }: { request: QuotaRequestDetail }) {
  const { evidence } = request;
  return (
    <div className="flex flex-col gap-5">
      {evidence.isOversubscribed ? (
        <Notice tone="warning" title="More than there is">
          With this grant, more {request.flavor} slots would be promised than the {evidence.flavorTotalSlots} that
          exist.
        </Notice>
      ) : null}
      <div className="flex flex-col gap-4">
        <FlavorUse
          label={`${request.flavor} in all`}
          used={evidence.flavorGrantedSlots}
          granted={evidence.flavorTotalSlots}
          words="slots granted to teams"
        />
        <FlavorUse
          label={`${request.teamName}`}
          used={evidence.teamUsedSlots}
          granted={evidence.teamGrantedSlots}
          words="slots of this team in use"
        />
      </div>
      <KeyValueList
        items={[
          {
            label: 'In use now',
            value: `${evidence.flavorUsedSlots} of ${evidence.flavorTotalSlots} slots, all teams`,
          },
          { label: 'Team, 7 days', value: `${(evidence.teamSlotSeconds7Days / SECONDS_PER_HOUR).toFixed(1)} slot h` },
          { label: 'Team, 30 days', value: formatMoney(evidence.teamSpentMicros30Days) },
          { label: 'Price', value: formatPrice(evidence.priceMicrosPerSlotHour, 'slot h') },
          {
            label: 'This request',
            value:
              evidence.requestCostMicros === null ? 'no price' : `at most ${formatMoney(evidence.requestCostMicros)}`,
          },
        ]}
      />
    </div>
  );
}
