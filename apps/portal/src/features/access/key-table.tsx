'use client';
import {
  Button,
  ConfirmDialog,
  DataTable,
  EmptyState,
  FilterChips,
  RelativeTime,
  SearchInput,
  StatusBadge,
  Toolbar,
} from '@slipway/ui';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { type ReactNode, useState } from 'react';
import type { KeyView } from './outputs.ts';
import { matches } from './words.ts';

const KEY_FILTERS = [
  { value: 'ready', label: 'Ready' },
  { value: 'expired', label: 'Expired' },
  { value: 'cancelled', label: 'Cancelled' },
] as const;
const KEY_VIEW = {
  q: parseAsString.withDefault(''),
  status: parseAsStringLiteral(['ready', 'expired', 'cancelled'] as const),
};

interface KeyTableProps {
  label: string;
  noun: string;
  keys: readonly KeyView[];
  canRevoke: boolean;
  empty: ReactNode;
  revoke: { isPending: boolean; error: { message: string } | null; run(id: string, onDone: () => void): void };
}

/** KeyTable lists keys or tokens by their first characters; revoking asks first and holds within a second. */
export function KeyTable({ label, noun, keys, canRevoke, empty, revoke }: KeyTableProps) {
  const [asked, setAsked] = useState<KeyView | null>(null);
  const [view, setView] = useQueryStates(KEY_VIEW);
  const shown = keys.filter(
    (key) =>
      matches(view.q, key.name, key.prefix, key.createdBy) && (view.status === null || key.status === view.status),
  );
  return (
    <>
      {keys.length === 0 ? null : (
        <Toolbar className="border-line border-b px-4 py-3">
          <SearchInput label={`Search ${noun}s`} value={view.q} onChange={(q) => void setView({ q })} />
          <FilterChips
            label={`Filter ${noun}s by status`}
            options={KEY_FILTERS}
            value={view.status}
            onChange={(status) => void setView({ status })}
          />
        </Toolbar>
      )}
      <DataTable
        label={label}
        rows={shown}
        getRowId={(key) => key.id}
        empty={
          keys.length === 0 ? (
            empty
          ) : (
            <EmptyState title={`No ${noun} matches`} description="Clear the search or choose another status." />
          )
        }
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: (key) => key.name },
          {
            id: 'prefix',
            header: 'Begins with',
            cell: (key) => <code className="font-mono text-[12.5px]">{key.prefix}…</code>,
          },
          {
            id: 'status',
            header: 'Status',
            cell: (key) => (
              <StatusBadge status={key.status} word={key.status === 'cancelled' ? 'cancelled (revoked)' : key.status} />
            ),
          },
          { id: 'by', header: 'Made by', cell: (key) => key.createdBy },
          { id: 'used', header: 'Last used', cell: (key) => <RelativeTime at={key.lastUsedAt} /> },
          { id: 'end', header: 'Expires', cell: (key) => <RelativeTime at={key.expiresAt} /> },
          { id: 'age', header: 'Made', cell: (key) => <RelativeTime at={key.createdAt} /> },
          {
            id: 'menu',
            header: 'Actions',
            isAction: true,
            align: 'right',
            cell: (key) =>
              canRevoke && key.status === 'ready' ? (
                <Button size="sm" variant="danger" onClick={() => setAsked(key)} aria-label={`Revoke ${key.name}`}>
                  Revoke
                </Button>
              ) : null,
          },
        ]}
      />
      <ConfirmDialog
        isOpen={asked !== null}
        onOpenChange={(isOpen) => setAsked(isOpen ? asked : null)}
        title={`Revoke ${asked?.name ?? noun}?`}
        description={`Whoever uses this ${noun} is refused within a second. It cannot be brought back.`}
        confirmLabel={`Revoke ${noun}`}
        isPending={revoke.isPending}
        error={revoke.error?.message}
        onConfirm={() => {
          if (asked !== null) revoke.run(asked.id, () => setAsked(null));
        }}
      />
    </>
  );
}
