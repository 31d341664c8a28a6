'use client';
import { Button, Field, formatDay, formatMoney, Input, Kbd, Textarea, toast, useNow } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { FormError } from '@/components/form-error.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import type { QuotaRequestDetail } from './evidence.tsx';
import { durationText, requestCostMicros, slotsText } from './request-status.ts';

const HOUR_MS = 3_600_000;

function useDecision(requestId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const done = (text: string) => () => {
    toast(text);
    return queryClient.invalidateQueries(trpc.quota.pathFilter());
  };
  const approve = useMutation(
    trpc.quota.approveQuotaRequest.mutationOptions({ onSuccess: done('Approved. The grant is in effect.') }),
  );
  const reject = useMutation(trpc.quota.rejectQuotaRequest.mutationOptions({ onSuccess: done('Rejected') }));
  return { approve, reject, requestId };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** DecideForm approves (as asked or with other slots or time) or rejects with a comment. */
export function DecideForm({ request }: { request: QuotaRequestDetail }) {
  const { approve, reject, requestId } = useDecision(request.id);
  const now = useNow();
  const [slots, setSlots] = useState(String(request.slots));
  const [hours, setHours] = useState(String(request.durationHours));
  const [comment, setComment] = useState('');
  const commentBox = useRef<HTMLTextAreaElement>(null);
  const [commentError, setCommentError] = useState<string>();
  const grant = { slots: Number(slots), durationHours: Number(hours) };
  const isGrantValid = [grant.slots, grant.durationHours].every((value) => Number.isInteger(value) && value >= 1);
  const cost = requestCostMicros({ ...grant, priceMicrosPerSlotHour: request.evidence.priceMicrosPerSlotHour });
  const isPending = approve.isPending || reject.isPending;
  const send = {
    approve: () => {
      if (isPending || !isGrantValid) return;
      approve.mutate({ requestId, ...grant, ...(comment.trim() === '' ? {} : { comment: comment.trim() }) });
    },
    reject: () => {
      if (isPending) return;
      if (comment.trim().length < 3) {
        setCommentError('Say why, so that the team knows what to change.');
        commentBox.current?.focus();
        return;
      }
      reject.mutate({ requestId, comment: comment.trim() });
    },
  };
  const press = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'a') send.approve();
    if (event.key === 'r') send.reject();
  });
  // The outside system is the keyboard: a decision needs no pointer.
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  const sendFromComment = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send.approve();
  };
  return (
    <div className="flex flex-col gap-4">
      <FormError message={approve.error?.message ?? reject.error?.message} />
      <div className="grid grid-cols-2 gap-3">
        <Field label="Grant slots" isRequired error={isGrantValid ? undefined : 'Whole numbers from 1 on.'}>
          <Input type="number" min={1} value={slots} onChange={(event) => setSlots(event.target.value)} unit="slots" />
        </Field>
        <Field label="For" isRequired>
          <Input type="number" min={1} value={hours} onChange={(event) => setHours(event.target.value)} unit="hours" />
        </Field>
      </div>
      <Field label="Comment" help="The team sees it. A rejection needs one." error={commentError}>
        <Textarea
          ref={commentBox}
          value={comment}
          onKeyDown={sendFromComment}
          onChange={(event) => {
            setComment(event.target.value);
            setCommentError(undefined);
          }}
        />
      </Field>
      {isGrantValid ? (
        <div className="rounded-md border border-line bg-surface-sunken px-3 py-2.5 text-[13px] text-ink-muted">
          <p className="font-medium text-ink">Effect of approving</p>
          <p>
            {request.teamName} may use {slotsText(request.evidence.teamGrantedSlots + grant.slots, request.flavor)}{' '}
            instead of {request.evidence.teamGrantedSlots} for {durationText(grant.durationHours)}, until{' '}
            {formatDay(now + grant.durationHours * HOUR_MS)}
            {cost === null ? '.' : `, for at most ${formatMoney(cost)}.`}
          </p>
        </div>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" isPending={approve.isPending} disabled={!isGrantValid} onClick={send.approve}>
          Approve request <Kbd>A</Kbd>
        </Button>
        <Button variant="danger" isPending={reject.isPending} onClick={send.reject}>
          Reject request <Kbd>R</Kbd>
        </Button>
      </div>
    </div>
  );
}
