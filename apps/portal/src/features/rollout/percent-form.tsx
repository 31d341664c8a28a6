'use client';
import { Button, Field, Input, Notice, toast } from '@slipway/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { messageOf } from '@/components/server-error.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Rollout } from './compare-revisions.ts';

/** PercentForm changes the canary's share of traffic, by slider or by number. */
export function PercentForm({ team, rollout }: { team: string; rollout: Rollout }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [text, setText] = useState(String(rollout.percent));
  const shift = useMutation(
    trpc.rollout.setCanaryPercent.mutationOptions({
      onSuccess: async ({ percent }) => {
        toast(`The canary gets ${percent} % of traffic`);
        await queryClient.invalidateQueries(trpc.rollout.pathFilter());
      },
    }),
  );
  const percent = Number(text);
  const isSound = text.trim() !== '' && Number.isInteger(percent) && percent >= 0 && percent <= 100;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSound) shift.mutate({ team, endpoint: rollout.endpoint, percent });
  };
  return (
    <form onSubmit={submit} noValidate aria-label="Shift traffic" className="flex flex-col gap-3">
      <div className="flex items-start gap-2">
        <Field
          label="Canary share"
          isRequired
          className="min-w-0 flex-1"
          error={isSound ? undefined : 'Give a whole number from 0 to 100.'}
        >
          <Input
            inputMode="numeric"
            autoComplete="off"
            unit="%"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <Button
          type="submit"
          className="mt-6.5"
          disabled={!isSound || percent === rollout.percent}
          isPending={shift.isPending}
        >
          Shift traffic
        </Button>
      </div>
      <input
        type="range"
        aria-label="Canary share, slider"
        min={0}
        max={100}
        step={5}
        value={isSound ? percent : rollout.percent}
        onChange={(event) => setText(event.target.value)}
        className="w-full accent-accent pointer-coarse:h-11"
      />
      {shift.error === null ? null : (
        <Notice tone="danger" isAlert title="Traffic was not shifted">
          {messageOf(shift.error)}
        </Notice>
      )}
    </form>
  );
}
