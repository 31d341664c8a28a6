'use client';
import { Button, Card, ConfirmDialog, Dialog, Field, Notice, Textarea, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowUpToLine, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Rollout } from './compare-revisions.ts';
import { PercentForm } from './percent-form.tsx';

/** DecisionCard shifts traffic, promotes the canary or rolls it back. */
export function DecisionCard({ team, rollout }: { team: string; rollout: Rollout }) {
  const [asking, setAsking] = useState<'promote' | 'rollback' | null>(null);
  const [comment, setComment] = useState('');
  const decide = useDecisions(team, rollout.endpoint, () => setAsking(null));
  const input = { team, endpoint: rollout.endpoint, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) };
  const isReady = rollout.canary.readyReplicas > 0;
  return (
    <Card title="Decide" className="lg:sticky lg:top-17">
      <div className="flex flex-col gap-5">
        <PercentForm key={rollout.percent} team={team} rollout={rollout} />
        <Field label="Comment" help="Kept with the decision.">
          <Textarea rows={2} maxLength={2_000} value={comment} onChange={(event) => setComment(event.target.value)} />
        </Field>
        {isReady ? null : (
          <Notice tone="warning">
            The canary has no replica that is ready: promoting it now would leave nothing to answer.
          </Notice>
        )}
        <div className="flex flex-wrap gap-2">
          <Button variant="primary" disabled={!isReady} onClick={() => setAsking('promote')}>
            <ArrowUpToLine aria-hidden />
            Promote to 100 %
          </Button>
          <Button variant="danger" onClick={() => setAsking('rollback')}>
            <Undo2 aria-hidden />
            Roll back
          </Button>
        </div>
      </div>
      <Dialog
        isOpen={asking === 'promote'}
        onOpenChange={() => setAsking(null)}
        title="Promote to 100 %"
        description={`${rollout.canary.versionLabel} gets all traffic and becomes stable. ${rollout.stable.versionLabel} finishes its requests and is retired.`}
        footer={
          <>
            <Button onClick={() => setAsking(null)}>Keep both</Button>
            <Button variant="primary" isPending={decide.promote.isPending} onClick={() => decide.promote.mutate(input)}>
              Promote {rollout.canary.versionLabel}
            </Button>
          </>
        }
      >
        {decide.promote.error === null ? null : (
          <Notice tone="danger" isAlert>
            {messageOf(decide.promote.error)}
          </Notice>
        )}
      </Dialog>
      <ConfirmDialog
        isOpen={asking === 'rollback'}
        onOpenChange={() => setAsking(null)}
        title="Roll back the canary"
        description={`${rollout.stable.versionLabel} gets all traffic again; the canary finishes its requests and its replicas stop.`}
        confirmLabel="Roll back canary"
        isPending={decide.rollback.isPending}
        error={decide.rollback.error === null ? undefined : messageOf(decide.rollback.error)}
        onConfirm={() => decide.rollback.mutate(input)}
      />
    </Card>
  );
}

function useDecisions(team: string, endpoint: string, onDone: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const done = (words: string) => async () => {
    toast(words);
    await Promise.all([
      queryClient.invalidateQueries(trpc.rollout.pathFilter()),
      queryClient.invalidateQueries(trpc.serving.getEndpoint.queryFilter({ team, endpoint })),
    ]);
    onDone();
  };
  return {
    promote: useMutation(trpc.rollout.promoteCanary.mutationOptions({ onSuccess: done('The canary is stable now') })),
    rollback: useMutation(
      trpc.rollout.rollbackCanary.mutationOptions({ onSuccess: done('The canary was rolled back') }),
    ),
  };
}
