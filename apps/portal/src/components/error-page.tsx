'use client';
import { ErrorState } from '@slipway/ui';

/** ErrorPage is shown when a page could not be drawn; the digest finds the cause in the portal's log. */
export function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="mx-auto max-w-xl pt-16">
      <ErrorState
        title="This page could not be shown"
        message="The portal could not read what it needs: the database may be away for a moment. Try again; if it stays, give the error id to an administrator."
        errorId={error.digest}
        onRetry={reset}
      />
    </div>
  );
}
