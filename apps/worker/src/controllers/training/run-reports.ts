import { type Database, publish, saveRunProgress, withTransaction } from '@slipway/db';
import { describeError, type Log } from '../../telemetry/log.ts';
import { addEvent, endSteps, moveStep, newRunReport, type RunReport, takeUnwritten } from './run-report.ts';
import type { TrainingEventLine } from './training-event.ts';

/** FLUSH_MS is how far a loss curve lags behind the run. */
const FLUSH_MS = 500;

/** RunReports keeps what the runs of this worker say and writes it in batches. */
export interface RunReports {
  begin(run: { id: string; teamId: string }): void;
  add(runId: string, event: TrainingEventLine, at: Date): void;
  move(runId: string, ...step: [Parameters<typeof moveStep>[1], Parameters<typeof moveStep>[2]]): void;
  finish(runId: string, status: 'succeeded' | 'failed' | 'cancelled', at: Date): void;
  outcome(runId: string): RunReport['outcome'];
  /** flush writes what one run has said; it throws when the database does not take it, and keeps it. */
  flush(runId: string): Promise<void>;
  forget(runId: string): void;
  close(): void;
}

/** createRunReports makes the keeper. */
export function createRunReports(options: { db: Database; log: Log }): RunReports {
  const reports = new Map<
    string,
    { teamId: string; report: RunReport; timer: NodeJS.Timeout | null; turn: Promise<void> }
  >();

  function change(runId: string, update: (report: RunReport) => RunReport): void {
    const kept = reports.get(runId);
    if (kept === undefined) return;
    kept.report = update(kept.report);
    kept.timer ??= setTimeout(() => {
      flush(runId).catch((error: unknown) =>
        options.log('error', 'Progress of a run could not be written and waits.', {
          runId,
          error: describeError(error),
        }),
      );
    }, FLUSH_MS);
  }

  function flush(runId: string): Promise<void> {
    const kept = reports.get(runId);
    if (kept === undefined) return Promise.resolve();
    if (kept.timer !== null) clearTimeout(kept.timer);
    kept.timer = null;
    const write = async () => {
      const { report, unwritten } = takeUnwritten(kept.report);
      if (unwritten.metrics.length === 0 && Object.keys(unwritten.progress).length === 0) return;
      kept.report = report;
      try {
        await withTransaction(options.db, async (tx) => {
          await saveRunProgress(tx, runId, unwritten);
          await publish(tx, { noun: 'training', id: runId, teamId: kept.teamId });
        });
      } catch (error) {
        const newer = kept.report.unwritten;
        kept.report = {
          ...kept.report,
          unwritten: {
            progress: { ...unwritten.progress, ...newer.progress },
            metrics: [...unwritten.metrics, ...newer.metrics],
          },
        };
        throw error;
      }
    };
    const turn = kept.turn.then(write);
    kept.turn = turn.catch(() => undefined);
    return turn;
  }

  return {
    begin(run) {
      if (!reports.has(run.id)) {
        reports.set(run.id, { teamId: run.teamId, report: newRunReport(), timer: null, turn: Promise.resolve() });
      }
    },
    add: (runId, event, at) => change(runId, (report) => addEvent(report, event, at)),
    move: (runId, name, step) => change(runId, (report) => moveStep(report, name, step)),
    finish: (runId, status, at) => change(runId, (report) => endSteps(report, status, at)),
    outcome: (runId) => reports.get(runId)?.report.outcome ?? null,
    flush,
    forget(runId) {
      const timer = reports.get(runId)?.timer;
      if (timer) clearTimeout(timer);
      reports.delete(runId);
    },
    close() {
      for (const kept of reports.values()) if (kept.timer !== null) clearTimeout(kept.timer);
    },
  };
}
