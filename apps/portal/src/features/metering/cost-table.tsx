'use client';
import { DataTable, formatCount, formatMoney, formatTokens } from '@slipway/ui';

interface CostRow {
  key: string;
  label: string;
  totalMicros: number;
  slotMicros: number;
  tokenMicros: number;
  slotSeconds: number;
  requests: number;
  promptTokens: number;
  completionTokens: number;
}
const SECONDS_PER_HOUR = 3_600;
const slotHours = (seconds: number) => `${(seconds / SECONDS_PER_HOUR).toFixed(2)} h`;

/** CostTable lists what each thing cost; its last row is the total. */
export function CostTable({
  rows,
  totalMicros,
  currency,
}: {
  rows: readonly CostRow[];
  totalMicros: number;
  currency: string;
}) {
  const sum = (pick: (row: CostRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const money = (micros: number) => formatMoney(micros, currency);
  return (
    <DataTable
      label="Costs"
      rows={rows}
      getRowId={(row) => row.key}
      footer={{
        label: 'Total',
        slotHours: slotHours(sum((row) => row.slotSeconds)),
        slots: money(sum((row) => row.slotMicros)),
        requests: formatCount(sum((row) => row.requests)),
        prompt: formatTokens(sum((row) => row.promptTokens)),
        completion: formatTokens(sum((row) => row.completionTokens)),
        tokens: money(sum((row) => row.tokenMicros)),
        total: money(totalMicros),
      }}
      columns={[
        { id: 'label', header: 'Name', isRowHeader: true, cell: (row) => row.label },
        { id: 'slotHours', header: 'Slot time', align: 'right', cell: (row) => slotHours(row.slotSeconds) },
        { id: 'slots', header: 'Slots', align: 'right', cell: (row) => money(row.slotMicros) },
        { id: 'requests', header: 'Requests', align: 'right', cell: (row) => formatCount(row.requests) },
        { id: 'prompt', header: 'Prompt tokens', align: 'right', cell: (row) => formatTokens(row.promptTokens) },
        {
          id: 'completion',
          header: 'Completion tokens',
          align: 'right',
          cell: (row) => formatTokens(row.completionTokens),
        },
        { id: 'tokens', header: 'Tokens', align: 'right', cell: (row) => money(row.tokenMicros) },
        {
          id: 'total',
          header: 'Total',
          align: 'right',
          cell: (row) => <strong className="font-semibold">{money(row.totalMicros)}</strong>,
        },
      ]}
    />
  );
}
