'use client';
import { Notice } from '@slipway/ui';

/** FormError shows a refusal that belongs to no single field. */
export function FormError({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <Notice tone="danger" isAlert>
      {message}
    </Notice>
  );
}
