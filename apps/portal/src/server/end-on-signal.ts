// Open pages hold an event stream that never ends by itself; everything else is done or can be resumed by then.
const GRACE_MS = 1_500;

/** endOnSignal ends the process soon after it is asked to, also while pages hold their event streams open. */
export function endOnSignal(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(0), GRACE_MS).unref();
    });
  }
}
