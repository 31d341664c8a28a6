import type { ChangeEvent, LiveEvent, Subscribe } from '@slipway/domain';
import pg from 'pg';
import type { Tx } from './transaction.ts';

export type { ChangeEvent } from '@slipway/domain';

const CHANNEL = 'slipway';
const RECONNECT_MS = 500;

/** publish tells listeners of a change when, and only when, the transaction commits. */
export async function publish(tx: Tx, event: ChangeEvent): Promise<void> {
  const payload = JSON.stringify({ noun: event.noun, id: event.id, teamId: event.teamId });
  await tx.$executeRaw`SELECT pg_notify(${CHANNEL}, ${payload})`;
}

/**
 * listen hears every change on a connection of its own and comes back after a lost connection.
 * What happened in between is lost: `onReconnect` is the moment to read everything again; from `onLost` until then no event arrives.
 */
export async function listen(
  url: string,
  onEvent: (event: ChangeEvent) => void,
  onReconnect: () => void = () => undefined,
  onLost: () => void = () => undefined,
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
    next.once('end', () => {
      if (!isClosed) onLost();
      scheduleReconnect();
    });
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

/** EventHub shares one listening connection among all who want to know. */
export interface EventHub {
  subscribe: Subscribe;
  close(): Promise<void>;
}

/** createEventHub listens on `url` once and passes every event on; after a lost connection it says `all`. */
export async function createEventHub(url: string): Promise<EventHub> {
  const listeners = new Set<(event: LiveEvent) => void>();
  const tell = (event: LiveEvent) => {
    for (const listener of listeners) listener(event);
  };
  const connection = await listen(url, tell, () => tell({ noun: 'all', id: '*', teamId: null }));
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: connection.close,
  };
}
