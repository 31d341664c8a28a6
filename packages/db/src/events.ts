import pg from 'pg';
import type { Tx } from './transaction.ts';

/** NOUNS are what a change can be about. */
export const EVENT_NOUNS = [
  'access',
  'catalog',
  'quota',
  'registry',
  'training',
  'serving',
  'rollout',
  'metering',
] as const;

/** ChangeEvent says that something changed; whoever shows it reads it again. teamId null means everybody may know. */
export interface ChangeEvent {
  noun: (typeof EVENT_NOUNS)[number];
  id: string;
  teamId: string | null;
}

const CHANNEL = 'slipway';
const RECONNECT_MS = 500;

/** publish tells listeners of a change when, and only when, the transaction commits. */
export async function publish(tx: Tx, event: ChangeEvent): Promise<void> {
  const payload = JSON.stringify({ noun: event.noun, id: event.id, teamId: event.teamId });
  await tx.$executeRaw`SELECT pg_notify(${CHANNEL}, ${payload})`;
}

/**
 * listen hears every change on a connection of its own and comes back after a lost connection.
 * What happened in between is lost: `onReconnect` is the moment to read everything again.
 */
export async function listen(
  url: string,
  onEvent: (event: ChangeEvent) => void,
  onReconnect: () => void = () => undefined,
): Promise<{ close(): Promise<void> }> {
  let isClosed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, keepAlive: true });
    next.on('notification', (message) => {
      const event = parseEvent(message.payload);
      if (event !== null) onEvent(event);
    });
    // A broken connection reports both an error and an end; the end is what counts.
    next.on('error', () => undefined);
    await next.connect();
    await next.query(`LISTEN ${CHANNEL}`);
    next.once('end', scheduleReconnect);
    client = next;
    if (isClosed) await next.end();
  }

  function scheduleReconnect(): void {
    if (isClosed) return;
    retry = setTimeout(() => {
      connect().then(onReconnect, scheduleReconnect);
    }, RECONNECT_MS);
  }

  await connect();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}

function parseEvent(payload: string | undefined): ChangeEvent | null {
  if (payload === undefined) return null;
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== 'object' || value === null || !('noun' in value) || !('id' in value)) return null;
    return value as ChangeEvent;
  } catch {
    // Anybody with a connection can notify: what is not ours is passed over.
    return null;
  }
}
