import type { GenerationRecord } from './generation.ts';

/** StepReport is what one step did. */
export interface StepReport {
  tokens: number;
  sequences: number;
  durationMs: number;
}

/** EngineObserver is told what happens, for metrics; it must not throw. */
export interface EngineObserver {
  onArrival?(promptTokens: number): void;
  /** onPrefixLookup reports prompt tokens looked up in the prefix cache, found on the device, and restored from below it. */
  onPrefixLookup?(queriedTokens: number, hitTokens: number, restoredTokens: number): void;
  onStep?(report: StepReport): void;
  onFirstToken?(milliseconds: number): void;
  onNextToken?(sinceLastMs: number): void;
  /** onDraft reports a guess that was checked: `accepted` of its `drafted` tokens were right. */
  onDraft?(drafted: number, accepted: number): void;
  onPreemption?(): void;
  onFinished?(record: GenerationRecord): void;
}
