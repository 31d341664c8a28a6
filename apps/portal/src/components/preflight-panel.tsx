'use client';
import type { preflightSchema } from '@slipway/domain/kernel';
import {
  Card,
  cn,
  formatBytes,
  formatDuration,
  formatMoney,
  formatPrice,
  KeyValueList,
  Notice,
  SkeletonRows,
} from '@slipway/ui';
import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import type { z } from 'zod';

type Preflight = z.infer<typeof preflightSchema>;

const LOOKS = {
  ok: { icon: CircleCheck, ink: 'text-success', word: 'OK' },
  warning: { icon: TriangleAlert, ink: 'text-warning', word: 'Warning' },
  failed: { icon: CircleX, ink: 'text-danger', word: 'Failed' },
} as const;

/** PreflightPanelProps: `preflight` is undefined while the first answer is on its way; `waitingFor` says what is still to be chosen. */
export interface PreflightPanelProps {
  preflight: Preflight | undefined;
  isFetching: boolean;
  error: string | null;
  waitingFor: string | null;
  /** estimates shows how long it takes and what it costs in all, for what ends by itself. */
  hasEnd: boolean;
}

/** PreflightPanel says beside a form what a launch would need, take and cost, before it is done. */
export function PreflightPanel({ preflight, isFetching, error, waitingFor, hasEnd }: PreflightPanelProps) {
  return (
    <Card title="Preflight" description="Checked again with every change." className="lg:sticky lg:top-17">
      <div aria-live="polite" aria-busy={isFetching} className="flex flex-col gap-4">
        {waitingFor === null ? null : <p className="text-[13px] text-ink-muted">{waitingFor}</p>}
        {error === null ? null : (
          <Notice tone="danger" title="The preflight could not be made">
            {error}
          </Notice>
        )}
        {waitingFor === null && error === null && preflight === undefined ? (
          <SkeletonRows label="Reading the preflight" rows={4} />
        ) : null}
        {waitingFor !== null || error !== null || preflight === undefined ? null : (
          <Facts preflight={preflight} hasEnd={hasEnd} />
        )}
      </div>
    </Card>
  );
}

function Facts({ preflight, hasEnd }: { preflight: Preflight; hasEnd: boolean }) {
  const { isLaunchable, checks, creates } = preflight;
  const hasWarning = checks.some((check) => check.result === 'warning');
  const verdict = isLaunchable
    ? hasWarning
      ? 'Can be launched, with a warning'
      : 'Ready to launch'
    : 'Cannot be launched yet';
  const ink = isLaunchable ? (hasWarning ? 'text-warning' : 'text-success') : 'text-danger';
  return (
    <>
      <p className={cn('font-semibold text-[13.5px]', ink)}>{verdict}</p>
      <ul aria-label="Checks" className="flex flex-col gap-2.5">
        {checks.map((check) => {
          const look = LOOKS[check.result];
          const Icon = look.icon;
          return (
            <li key={check.name} className="flex items-start gap-2 text-[13px]">
              <Icon role="img" aria-label={look.word} className={cn('mt-0.5 size-4 shrink-0', look.ink)} />
              <span className="min-w-0">
                <span className="font-medium text-ink">{nameOf(check.name)}</span>
                <span className="block break-words text-ink-muted">{check.message}</span>
              </span>
            </li>
          );
        })}
      </ul>
      <KeyValueList className="border-line border-t pt-4" items={factsOf(preflight, hasEnd)} />
      {creates.length === 0 ? null : (
        <div className="border-line border-t pt-4">
          <p className="mb-1.5 text-[12.5px] text-ink-muted">Creates</p>
          <ul aria-label="Creates" className="flex list-disc flex-col gap-1 pl-4 text-[13px] marker:text-ink-subtle">
            {creates.map((line) => (
              <li key={line} className="break-words">
                {line}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

const nameOf = (name: string) => (name === 'dataset' ? 'Data set' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`);

function factsOf(
  { slots, costMicrosPerHour, estimatedSeconds, estimatedCostMicros, memoryBytes }: Preflight,
  hasEnd: boolean,
) {
  const facts = [
    { label: 'Slots', value: String(slots) },
    { label: 'Price', value: formatPrice(costMicrosPerHour, 'h') },
  ];
  if (hasEnd) {
    facts.push(
      {
        label: 'Estimated time',
        value: estimatedSeconds === null ? 'not known yet' : `about ${formatDuration(estimatedSeconds)}`,
      },
      {
        label: 'Estimated cost',
        value: estimatedCostMicros === null ? 'not known yet' : `about ${formatMoney(estimatedCostMicros)}`,
      },
    );
  }
  if (memoryBytes !== null) facts.push({ label: 'Memory', value: formatBytes(memoryBytes) });
  return facts;
}
