'use client';
import { Button, ConfirmDialog, DataTable, RelativeTime, StatusBadge } from '@slipway/ui';
import { type ReactNode, useState } from 'react';
import type { KeyView } from './outputs.ts';

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
  return (
    <>
      <DataTable
        label={label}
        rows={keys}
        getRowId={(key) => key.id}
        empty={empty}
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
