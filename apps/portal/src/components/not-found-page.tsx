'use client';
import { Button, EmptyState, Link } from '@slipway/ui';
import { Compass } from 'lucide-react';

/** NotFoundPage is shown where nothing is, or nothing that this person may see. */
export function NotFoundPage() {
  return (
    <div className="mx-auto max-w-xl pt-16">
      <h1 className="sr-only">Page not found</h1>
      <EmptyState
        icon={Compass}
        title="There is nothing at this address"
        description="It was deleted or renamed, or you have no access to it. Ask a team admin if you should have."
        action={
          <Button asChild>
            <Link href="/">Go to home</Link>
          </Button>
        }
      />
    </div>
  );
}
