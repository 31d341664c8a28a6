'use client';
import { Dialog, SkeletonRows } from '@slipway/ui';
import { lazy, Suspense } from 'react';
import type { Dataset } from './types.ts';

// The form brings the uploader and the schemas, which a page needs only when a data set is made.
const DatasetForm = lazy(async () => ({ default: (await import('./dataset-form.tsx')).DatasetForm }));

interface DatasetDialogProps {
  team: string;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  onCreated(dataset: Dataset): void;
}

/** DatasetDialog makes a data set above the page that needs it. */
export function DatasetDialog({ team, isOpen, onOpenChange, onCreated }: DatasetDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title="New data set"
      description="Text to train on. It is stored by its digest and does not change."
    >
      <Suspense fallback={<SkeletonRows label="Reading the form" />}>
        <DatasetForm team={team} onCreated={onCreated} />
      </Suspense>
    </Dialog>
  );
}
