'use client';
import { Badge, Card, cn, Elapsed, KeyValueList, Link, RelativeTime, StatusBadge } from '@slipway/ui';
import { versionHref } from '../registry/version-href.ts';
import { isOver, type RunDetail } from './types.ts';

const STEP_WORDS: Record<RunDetail['steps'][number]['step'], string> = {
  dequantise: 'Make the base F32',
  tokenise: 'Tokenise the data set',
  train: 'Train',
  save: 'Save the weights',
  quantise: 'Quantise the result',
  register: 'Register the version',
};

/** isSkipped says that a step was passed over: one behind it has begun, or the run is over. */
function isSkipped(run: RunDetail, index: number): boolean {
  const step = run.steps[index];
  if (step === undefined || step.startedAt !== null || step.status !== 'pending') return false;
  return isOver(run) || run.steps.slice(index + 1).some((later) => later.startedAt !== null);
}

/** StepStatus says `done` of a step, so that only the run itself is said to have succeeded. */
function StepStatus({ status }: { status: RunDetail['status'] }) {
  return status === 'succeeded' ? <StatusBadge status={status} word="done" /> : <StatusBadge status={status} />;
}

/** RunSteps shows what a run has done, does and will do. */
export function RunSteps({ run }: { run: RunDetail }) {
  return (
    <Card title="Steps">
      {run.steps.length === 0 ? (
        <p className="text-[13px] text-ink-muted">The steps appear when the process starts.</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {run.steps.map((step, index) => (
            <li key={step.step} className="flex flex-col gap-0.5">
              <span className="flex flex-wrap items-center gap-2 text-[13px]">
                {isSkipped(run, index) ? <Badge>not needed</Badge> : <StepStatus status={step.status} />}
                <span className={cn('font-medium', step.startedAt === null && 'text-ink-muted')}>
                  {STEP_WORDS[step.step]}
                </span>
                {step.startedAt === null ? null : (
                  <span className="ml-auto text-[12.5px] text-ink-muted">
                    <Elapsed from={step.startedAt} to={step.endedAt} />
                  </span>
                )}
              </span>
              {step.message === '' ? null : (
                <span className="break-words text-[12.5px] text-ink-muted">{step.message}</span>
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

/** RunFacts says where a run came from, with what it ran and what it made. */
export function RunFacts({ team, run }: { team: string; run: RunDetail }) {
  const link = (href: string, label: string) => (
    <Link href={href} className="break-all text-accent-text hover:underline">
      {label}
    </Link>
  );
  return (
    <Card title="Lineage">
      <KeyValueList
        columns={2}
        items={[
          { label: 'Base version', value: link(versionHref(team, run.baseLabel, run.baseVersionId), run.baseLabel) },
          { label: 'Data set', value: link(`/teams/${team}/datasets?dataset=${run.datasetId}`, run.datasetName) },
          {
            label: 'Output',
            value:
              run.outputVersionId === null || run.outputLabel === null
                ? `a new version of ${run.outputModel}, when it succeeds`
                : link(versionHref(team, run.outputLabel, run.outputVersionId), run.outputLabel),
          },
          { label: 'Template', value: `${run.template} ${run.templateVersion}` },
          { label: 'Time limit', value: `${run.timeLimitMinutes} min` },
          { label: 'Ended', value: <RelativeTime at={run.endedAt} fallback="not yet" /> },
          {
            label: 'Params',
            value: (
              <span className="font-mono text-[12.5px]">
                {Object.entries(run.params).map(([name, value]) => (
                  <span key={name} className="block break-all">
                    {name} = {String(value)}
                  </span>
                ))}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}
