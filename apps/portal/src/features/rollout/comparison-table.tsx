'use client';
import { Badge, type Column, DataTable } from '@slipway/ui';
import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import { type ComparisonRow, compareRevisions, type RevisionStats } from './compare-revisions.ts';

const VERDICTS = {
  better: { tone: 'success', icon: <CircleCheck aria-hidden /> },
  worse: { tone: 'warning', icon: <TriangleAlert aria-hidden /> },
  same: { tone: 'neutral', icon: <CircleMinus aria-hidden /> },
} as const;

const COLUMNS: Column<ComparisonRow>[] = [
  { id: 'measure', header: 'Measure', isRowHeader: true, cell: (row) => row.label },
  { id: 'stable', header: 'Stable', align: 'right', cell: (row) => row.stable },
  { id: 'canary', header: 'Canary', align: 'right', cell: (row) => row.canary },
  { id: 'difference', header: 'Difference', align: 'right', cell: (row) => row.difference },
  {
    id: 'verdict',
    header: 'Canary is',
    cell: (row) =>
      row.verdict === null ? (
        <span className="text-ink-subtle">–</span>
      ) : (
        <Badge tone={VERDICTS[row.verdict].tone} icon={VERDICTS[row.verdict].icon}>
          {row.verdict}
        </Badge>
      ),
  },
];

/** ComparisonTable puts both revisions' numbers side by side. */
export function ComparisonTable({ stable, canary }: { stable: RevisionStats; canary: RevisionStats }) {
  return (
    <DataTable
      label="Comparison of stable and canary"
      narrow="scroll"
      columns={COLUMNS}
      rows={compareRevisions(stable, canary)}
      getRowId={(row) => row.id}
      className="-mx-4 w-[calc(100%+2rem)]"
    />
  );
}
