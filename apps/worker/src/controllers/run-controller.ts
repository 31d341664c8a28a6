import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterDriver, WorkloadSpec } from '@slipway/cluster';
import {
  type ArtifactStore,
  appendAudit,
  type ControlledRun,
  type Database,
  findControlledRun,
  publish,
  saveRunState,
  saveTrainedVersion,
  withTransaction,
} from '@slipway/db';
import { runKey } from '@slipway/domain/catalog';
import type { ObservedWorkload } from '@slipway/domain/serving';
import { isRunOver, planRun, type RunAction, type RunState, waitingRun } from '@slipway/domain/training';
import { findTemplate } from '@slipway/templates';
import { describeError } from '../telemetry/log.ts';
import type { LogWriter } from './log-writer.ts';
import { storeTrainedFile, type TrainedFile } from './training/read-trained-file.ts';
import type { RunReports } from './training/run-reports.ts';
import type { WorkloadOwners } from './workload-owners.ts';

/** RUN_GRACE_SECONDS: a training process has nothing to finish, and a cancel should be seen within 2 s. */
const RUN_GRACE_SECONDS = 1;
/** RETRY_WAITING_MS: a run that waits is tried again when slots come free; this is for what has no signal. */
const RETRY_WAITING_MS = 10_000;

/** RunController moves training runs through their states. */
export interface RunController {
  /** reconcile looks at one run; it tells whether anything had to change, and when to look again. */
  reconcile(runId: string): Promise<{ isChanged: boolean; wakeAt: Date | null }>;
  /** waiting are the runs that the cluster has no room for. */
  waiting(): string[];
}

/** RunControllerOptions is what the controller acts through. */
export interface RunControllerOptions {
  db: Database;
  driver: ClusterDriver;
  artifacts: ArtifactStore;
  logWriter: LogWriter;
  reports: RunReports;
  owners: WorkloadOwners;
  dataDir: string;
  /** codeVersion stands in the lineage of what is trained. */
  codeVersion: string;
  now: () => Date;
  /** onRemoved is called when a run's process is gone. */
  onRemoved: (runId: string) => void;
}

/** createRunController makes the controller; what a run has said it finds in the reports. */
export function createRunController(options: RunControllerOptions): RunController {
  const waiting = new Set<string>();
  return {
    waiting: () => [...waiting],
    async reconcile(runId) {
      const { db, driver, reports, now } = options;
      // 1. What is wanted, and what there is. What the run said is written before anything is concluded from it.
      const run = await findControlledRun(db.prisma, runId);
      if (run === null) return { isChanged: false, wakeAt: null };
      await reports.flush(runId);
      const workload = await observe(driver, runId);
      const plan = planRun({ run: run.state, workload, outcome: reports.outcome(runId), now: now() });
      // 2. A start, or the result's registration; either may change what the run becomes.
      waiting.delete(runId);
      let state = plan.run;
      let trained: TrainedFile | null = null;
      for (const action of plan.actions) {
        if (action.kind === 'ensure') {
          const waitsFor = await start(options, run);
          if (waitsFor === null) continue;
          waiting.add(runId);
          state = waitingRun({ ...state, condition: run.state.condition }, waitsFor, now());
        } else if (action.kind === 'complete') {
          const result = await storeResult(options, run);
          if ('trained' in result) trained = result.trained;
          else state = failedState(state, result.reason, now());
        }
      }
      // 3. State, version, audit entry and event together.
      const isChanged = await save(options, run, { state, trained });
      // 4. The end of the process, which nobody waits for here: the exit is a signal of its own.
      for (const action of plan.actions) if (action.kind === 'remove') remove(options, run, action);
      if (isRunOver(state.status) && workload === null) await cleanUp(options, runId);
      const retryAt = waiting.has(runId) ? new Date(now().getTime() + RETRY_WAITING_MS) : null;
      return { isChanged, wakeAt: plan.wakeAt ?? retryAt };
    },
  };
}

async function observe(driver: ClusterDriver, runId: string): Promise<ObservedWorkload | null> {
  const state = (await driver.list()).find((one) => one.key === runKey(runId));
  if (state === undefined) return null;
  return { key: runId, phase: state.phase, address: null, message: state.lastError ?? '' };
}

/** start asks the driver to run the training program; it tells what the run waits for, or null. */
async function start(options: RunControllerOptions, run: ControlledRun): Promise<string | null> {
  try {
    const rendered = render(options, run);
    if ('waitsFor' in rendered) return rendered.waitsFor;
    // Before the process, so that nothing it says is lost.
    options.reports.begin({ id: run.state.id, teamId: run.teamId });
    const owner = { ownerKind: 'run' as const, ownerId: run.state.id, teamId: run.teamId, source: 'train' };
    options.owners.set(rendered.spec.key, owner);
    const result = await options.driver.ensure(rendered.spec);
    if (result.result === 'waiting') return result.message;
    say(options, run, `Starting with ${run.slots} ${run.flavor.name} slots.`);
    return null;
  } catch (error) {
    return `It could not be started: ${describeError(error)}`;
  }
}

function render(options: RunControllerOptions, run: ControlledRun): { spec: WorkloadSpec } | { waitsFor: string } {
  const template = findTemplate(run.template);
  if (template?.kind !== 'training') return { waitsFor: `waits: there is no training template "${run.template}".` };
  if (run.base.digest === null) return { waitsFor: 'waits for its base version to be imported.' };
  return {
    spec: template.render({
      key: runKey(run.state.id),
      basePath: options.artifacts.path(run.base.digest),
      datasetPath: options.artifacts.path(run.dataset.digest),
      datasetFormat: run.dataset.format,
      outputPath: outputPath(options, run.state.id),
      workDirectory: workDirectory(options, run.state.id),
      flavor: run.flavor,
      slots: run.slots,
      timeLimitSeconds: run.state.timeLimitMinutes * 60,
      params: run.params,
    }),
  };
}

async function storeResult(
  options: RunControllerOptions,
  run: ControlledRun,
): Promise<{ trained: TrainedFile } | { reason: string }> {
  const { reports, now } = options;
  reports.move(run.state.id, 'register', { status: 'running', message: 'Checking and storing the result.', at: now() });
  try {
    return { trained: await storeTrainedFile(options.artifacts, outputPath(options, run.state.id)) };
  } catch (error) {
    return { reason: `The result could not be registered: ${describeError(error)}` };
  }
}

function failedState(state: RunState, message: string, now: Date): RunState {
  const condition = { type: 'Finished', reason: 'RegistrationFailed', message, since: now.toISOString() };
  return { ...state, status: 'failed', condition };
}

async function save(
  options: RunControllerOptions,
  run: ControlledRun,
  change: { state: RunState; trained: TrainedFile | null },
): Promise<boolean> {
  const { state, trained } = change;
  const { now, reports } = options;
  const isEnding = isRunOver(state.status) && !isRunOver(run.state.status);
  if (JSON.stringify(state) === JSON.stringify(run.state)) return false;
  const label = await withTransaction(options.db, async (tx) => {
    await saveRunState(tx, state);
    const result =
      trained === null
        ? null
        : await saveTrainedVersion(tx, { run, ...trained, codeVersion: options.codeVersion, now: now() });
    await publish(tx, { noun: 'training', id: state.id, teamId: run.teamId });
    if (result !== null) await publish(tx, { noun: 'registry', id: result.modelId, teamId: run.teamId });
    if (isEnding) {
      await appendAudit(tx, {
        actor: 'system',
        teamSlug: run.teamSlug,
        action: 'training.finishRun',
        targetKind: 'run',
        targetId: state.id,
        targetName: run.name,
        detail: { status: state.status, message: state.condition?.message ?? '', version: result?.label ?? null },
        now: now(),
      });
    }
    return result?.label ?? null;
  });
  if (isEnding) {
    if (label !== null) {
      reports.move(state.id, 'register', { status: 'succeeded', message: `Registered as ${label}.`, at: now() });
    }
    reports.finish(
      state.id,
      state.status === 'succeeded' || state.status === 'cancelled' ? state.status : 'failed',
      now(),
    );
    await reports.flush(state.id);
    say(
      options,
      run,
      `${state.status}: ${state.condition?.message ?? ''}${label === null ? '' : ` Version ${label}.`}`,
    );
  }
  return true;
}

function remove(
  options: RunControllerOptions,
  run: ControlledRun,
  action: Extract<RunAction, { kind: 'remove' }>,
): void {
  const graceSeconds = Math.min(action.graceSeconds, RUN_GRACE_SECONDS);
  const { id } = run.state;
  // An error of the driver shows as the process still being there at the next look.
  options.driver.remove(runKey(id), { graceSeconds }).then(
    () => options.onRemoved(id),
    () => options.onRemoved(id),
  );
}

async function cleanUp(options: RunControllerOptions, runId: string): Promise<void> {
  options.reports.forget(runId);
  await rm(workDirectory(options, runId), { recursive: true, force: true });
}

function say(options: RunControllerOptions, run: ControlledRun, text: string): void {
  options.logWriter.write({
    ownerKind: 'run',
    ownerId: run.state.id,
    teamId: run.teamId,
    at: options.now(),
    stream: 'system',
    source: 'slipway',
    text,
  });
}

const workDirectory = (options: RunControllerOptions, runId: string) => join(options.dataDir, 'runs', runId);
const outputPath = (options: RunControllerOptions, runId: string) => join(workDirectory(options, runId), 'output.gguf');
