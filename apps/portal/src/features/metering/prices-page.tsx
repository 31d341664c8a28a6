'use client';
import {
  Badge,
  Button,
  Card,
  DataTable,
  EmptyState,
  FilterChips,
  formatMoney,
  PageHeader,
  RelativeTime,
  Toolbar,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus, Tags } from 'lucide-react';
import dynamic from 'next/dynamic';
import { parseAsBoolean, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { Loaded } from '@/components/loaded.tsx';
import { useCan } from '@/components/use-me.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { isFromTheStart, PRICE_KIND_WORDS, PRICE_UNITS, priceState } from './price-words.ts';

const SetPriceDialog = dynamic(() => import('./set-price-dialog.tsx').then((file) => file.SetPriceDialog));

/** PricesPage is the price book with its history. */
export function PricesPage() {
  const trpc = useTRPC();
  const prices = useQuery(trpc.metering.listPrices.queryOptions({}));
  const canWrite = useCan('price:write');
  const [view, setView] = useQueryStates({
    show: parseAsStringLiteral(['all'] as const),
    set: parseAsBoolean.withDefault(false),
  });
  const button = canWrite ? (
    <Button variant="primary" onClick={() => setView({ set: true })}>
      <Plus aria-hidden />
      Set price
    </Button>
  ) : undefined;
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Prices' }]}
        title="Prices"
        description="What a slot hour and a million tokens cost. A new price never changes the past: each request keeps the price it was made at."
        actions={button}
      />
      <Toolbar>
        <FilterChips
          label="Which prices"
          allLabel="In force and coming"
          options={[{ value: 'all', label: 'With history' }]}
          value={view.show}
          onChange={(show) => void setView({ show })}
        />
      </Toolbar>
      <Card isFlush>
        <Loaded query={prices} label="prices">
          {({ currency, items }) => (
            <DataTable
              label="Prices"
              rows={items.filter((price) => view.show === 'all' || priceState(price) !== 'past')}
              getRowId={(price) => price.id}
              empty={
                <EmptyState
                  icon={Tags}
                  title="No prices yet"
                  description="Without a price nothing can be charged, and what has no price is refused."
                  action={button}
                />
              }
              columns={[
                { id: 'kind', header: 'For', isRowHeader: true, cell: (price) => PRICE_KIND_WORDS[price.kind] },
                {
                  id: 'scope',
                  header: 'Of',
                  cell: (price) =>
                    price.flavor ?? price.model ?? (price.kind === 'slot_hour' ? 'every flavour' : 'every model'),
                },
                {
                  id: 'amount',
                  header: 'Price',
                  align: 'right',
                  cell: (price) => `${formatMoney(price.amountMicros, currency)} / ${PRICE_UNITS[price.kind]}`,
                },
                { id: 'state', header: 'State', cell: (price) => <PriceState price={price} /> },
                {
                  id: 'from',
                  header: 'From',
                  cell: (price) =>
                    isFromTheStart(price.effectiveFrom) ? 'the start' : <RelativeTime at={price.effectiveFrom} />,
                },
                { id: 'to', header: 'Until', cell: (price) => <RelativeTime at={price.effectiveTo} fallback="open" /> },
                { id: 'by', header: 'Set by', cell: (price) => price.setBy },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {canWrite && view.set ? <SetPriceDialog isOpen={view.set} onOpenChange={(set) => void setView({ set })} /> : null}
    </div>
  );
}

function PriceState({ price }: { price: Parameters<typeof priceState>[0] }) {
  const state = priceState(price);
  const tone = { current: 'success', coming: 'info', past: 'neutral' } as const;
  const word = { current: 'in force', coming: 'coming', past: 'past' };
  return <Badge tone={tone[state]}>{word[state]}</Badge>;
}
