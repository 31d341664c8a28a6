/** AttentionItem is one thing that needs somebody: what, why, where to mend it. */
export interface AttentionItem {
  id: string;
  tone: 'danger' | 'warning' | 'info';
  title: string;
  reason: string;
  href: string;
  action: string;
}
/** AttentionInput is what the home page knows. */
export interface AttentionInput {
  team: string;
  now: number;
  pendingRequests: number;
  endpoints: readonly { name: string; team: string; status: string; condition: { message: string } | null }[];
  runs: readonly {
    id: string;
    name: string;
    status: string;
    condition: { message: string } | null;
    endedAt: string | null;
  }[];
  quota: readonly {
    flavor: string;
    grantedSlots: number;
    usedSlots: number;
    grants: readonly { status: string; endsAt: string | null; slots: number }[];
  }[];
}

const DAY_MS = 86_400_000;
// Long enough to ask for more before it ends, short enough not to nag.
const GRANT_WARNING_MS = 2 * DAY_MS;
// A failed run of last week is history, not news.
const RUN_NEWS_MS = 2 * DAY_MS;

/** findAttention lists what needs somebody, worst first. */
export function findAttention(input: AttentionInput): AttentionItem[] {
  const base = `/teams/${input.team}`;
  const broken = input.endpoints
    .filter(
      (endpoint) => endpoint.team === input.team && (endpoint.status === 'failed' || endpoint.status === 'degraded'),
    )
    .map((endpoint) => ({
      id: `endpoint-${endpoint.name}`,
      tone: endpoint.status === 'failed' ? ('danger' as const) : ('warning' as const),
      title: `Endpoint ${endpoint.name} is ${endpoint.status}`,
      reason: endpoint.condition?.message ?? 'No reason was given.',
      href: `${base}/endpoints/${endpoint.name}`,
      action: 'Show endpoint',
    }));
  const failedRuns = input.runs
    .filter(
      (run) => run.status === 'failed' && run.endedAt !== null && input.now - Date.parse(run.endedAt) < RUN_NEWS_MS,
    )
    .map((run) => ({
      id: `run-${run.id}`,
      tone: 'danger' as const,
      title: `Run ${run.name} failed`,
      reason: run.condition?.message ?? 'No reason was given.',
      href: `${base}/training/${run.id}`,
      action: 'Show run',
    }));
  const requests =
    input.pendingRequests === 0
      ? []
      : [
          {
            id: 'requests',
            tone: 'info' as const,
            title:
              input.pendingRequests === 1
                ? '1 quota request waits for you'
                : `${input.pendingRequests} quota requests wait for you`,
            reason: 'Teams cannot start more until you decide.',
            href: '/requests?status=pending',
            action: 'Decide requests',
          },
        ];
  const ending = input.quota.flatMap((item) =>
    item.grants
      .filter(
        (grant) =>
          grant.status === 'ready' && grant.endsAt !== null && Date.parse(grant.endsAt) - input.now < GRANT_WARNING_MS,
      )
      .map((grant) => ({
        id: `grant-${item.flavor}-${grant.endsAt}`,
        tone: 'warning' as const,
        title: `A grant of ${grant.slots} ${item.flavor} slots ends soon`,
        reason: 'Nothing new starts beyond what is left.',
        href: `${base}/quota?request=true`,
        action: 'Request quota',
      })),
  );
  const order = { danger: 0, warning: 1, info: 2 };
  return [...broken, ...failedRuns, ...requests, ...ending].sort((a, b) => order[a.tone] - order[b.tone]);
}
