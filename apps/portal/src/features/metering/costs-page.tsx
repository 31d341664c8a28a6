'use client';
import {
  Button,
  Card,
  type Crumb,
  EmptyState,
  FilterChips,
  formatDay,
  formatMoney,
  PageHeader,
  Stat,
  StatGrid,
  Toolbar,
  toast,
} from '@slipway/ui';
import { BarChart } from '@slipway/ui/charts';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Banknote, Download } from 'lucide-react';
import { parseAsStringLiteral, useQueryStates } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import {
  COST_RANGE_VALUES,
  COST_RANGES,
  changeText,
  daysOf,
  everyDay,
  GROUPING_VALUES,
  GROUPINGS,
  seriesByKey,
} from './cost-range.ts';
import { CostTable } from './cost-table.tsx';
import { downloadText } from './download.ts';

/** CostsPageProps: without a team it is the whole installation. */
export interface CostsPageProps {
  team?: string;
  crumbs: readonly Crumb[];
  description: string;
}

/** CostsPage shows what was spent: total with change, one chart by day, one table that adds up to it, CSV. */
export function CostsPage({ team, crumbs, description }: CostsPageProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [view, setView] = useQueryStates({
    range: parseAsStringLiteral(COST_RANGE_VALUES).withDefault('month'),
    by: parseAsStringLiteral(GROUPING_VALUES).withDefault(team === undefined ? 'team' : 'endpoint'),
  });
  const days = daysOf(view.range, Date.now());
  const input = { ...days, groupBy: view.by, ...(team === undefined ? {} : { team }) };
  const costs = useQuery({ ...trpc.metering.getCosts.queryOptions(input), placeholderData: keepPreviousData });
  const download = useMutation({
    mutationFn: () => queryClient.fetchQuery({ ...trpc.metering.exportCosts.queryOptions(input), staleTime: 0 }),
    onSuccess: ({ fileName, csv }) => downloadText(fileName, csv, 'text/csv'),
    onError: (error) => toast.error(error.message),
  });
  const groupings = team === undefined ? GROUPINGS : GROUPINGS.filter((grouping) => grouping.value !== 'team');
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={crumbs}
        title="Costs"
        description={description}
        actions={
          <Button isPending={download.isPending} onClick={() => download.mutate()}>
            <Download aria-hidden />
            Download CSV
          </Button>
        }
      />
      <Toolbar className="gap-y-3">
        <Choice label="Range" options={COST_RANGES} value={view.range} onChange={(range) => void setView({ range })} />
        <Choice label="Group by" options={groupings} value={view.by} onChange={(by) => void setView({ by })} />
      </Toolbar>
      <Loaded query={costs} label="costs">
        {(data) => {
          const allDays = everyDay(data.from, data.to);
          const slotMicros = data.rows.reduce((sum, row) => sum + row.slotMicros, 0);
          return (
            <>
              <StatGrid>
                <Stat
                  label={`Total, ${formatDay(data.from)} to ${formatDay(data.to)}`}
                  value={formatMoney(data.totalMicros, data.currency)}
                  hint={changeText(data.totalMicros, data.previousTotalMicros)}
                  className="col-span-2"
                />
                <Stat label="Slots" value={formatMoney(slotMicros, data.currency)} hint="replicas and runs" />
                <Stat
                  label="Tokens"
                  value={formatMoney(data.totalMicros - slotMicros, data.currency)}
                  hint="requests"
                />
              </StatGrid>
              {data.rows.length === 0 ? (
                <Card>
                  <EmptyState
                    icon={Banknote}
                    title="Nothing was spent in these days"
                    description="Requests, replicas and runs appear here within a minute of use."
                  />
                </Card>
              ) : (
                <>
                  <Card title="By day">
                    <BarChart
                      label="Cost by day"
                      x={allDays}
                      series={seriesByKey(data.series, allDays)}
                      unit="money"
                      currency={data.currency}
                      axis="day"
                      rankBy="total"
                    />
                  </Card>
                  <Card
                    isFlush
                    title={`By ${GROUPINGS.find((each) => each.value === view.by)?.label.toLowerCase() ?? 'group'}`}
                  >
                    <CostTable rows={data.rows} totalMicros={data.totalMicros} currency={data.currency} />
                  </Card>
                </>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: string }[];
  value: Value;
  onChange(value: Value): void;
}

function Choice<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  const [first, ...rest] = options;
  if (first === undefined) return null;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span aria-hidden className="text-[12.5px] text-ink-muted">
        {label}
      </span>
      <FilterChips
        label={label}
        allLabel={first.label}
        options={rest}
        value={value === first.value ? null : value}
        onChange={(next) => onChange(next ?? first.value)}
      />
    </span>
  );
}
