/** EndpointEvent is what the audit trail holds of something that happened to an endpoint. */
export interface EndpointEvent {
  action: string;
  detail: Record<string, unknown>;
}

const SENTENCES: Record<string, (detail: (key: string) => string) => string> = {
  'serving.deployEndpoint': (d) => `Deployed ${d('version')} with ${d('replicas')} replica(s).`,
  'serving.scaleEndpoint': (d) => `Scaled from ${d('from')} to ${d('to')} replica(s).`,
  'serving.deleteEndpoint': () => 'Deleted.',
  'rollout.startCanary': (d) => `Started a canary with ${d('version')} at ${d('percent')} %.`,
  'rollout.setCanaryPercent': (d) => `Moved the canary from ${d('from')} % to ${d('to')} %.`,
  'rollout.promoteCanary': (d) => `Promoted ${d('version')} to stable.`,
  'rollout.rollbackCanary': (d) => `Rolled back from ${d('version')}.`,
};

/** describeEvent puts an endpoint's audit entry into a sentence; what has none yet shows its action. */
export function describeEvent({ action, detail }: EndpointEvent): string {
  const sentence = SENTENCES[action]?.((key) => String(detail[key] ?? '?')) ?? action;
  return typeof detail.comment === 'string' && detail.comment !== '' ? `${sentence} “${detail.comment}”` : sentence;
}
