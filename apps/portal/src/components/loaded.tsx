'use client';
import { ErrorState, SkeletonRows } from '@slipway/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { errorIdOf } from './server-error.ts';

/** LoadedProps: `label` names what is read, in the plural: "teams". */
export interface LoadedProps<Data> {
  query: UseQueryResult<Data, { message: string; data?: unknown }>;
  label: string;
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** Loaded shows a query's answer, a skeleton until it is there, or why it could not be read. */
export function Loaded<Data>({ query, label, skeleton, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) {
    return (
      <ErrorState
        title={`Could not read ${label}`}
        message={query.error.message}
        errorId={errorIdOf(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return skeleton ?? <SkeletonRows label={`Reading ${label}`} />;
}
