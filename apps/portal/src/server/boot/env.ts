/** boot refuses to serve with a wrong environment, and makes the session secret before the first request needs it. */
export async function boot(): Promise<void> {
  // Next also builds this file for its edge runtime and leaves out what stands behind exactly this test.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { getAuth } = await import('../auth.ts');
    getAuth();
    const { endOnSignal } = await import('../end-on-signal.ts');
    endOnSignal();
  }
}
