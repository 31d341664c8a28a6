import { createContext } from '@slipway/api';
import { createEventHub, type EventHub } from '@slipway/db';
import type { Subscribe } from '@slipway/domain';
import type { Actor } from '@slipway/domain/access';
import { headers } from 'next/headers';
import { cache } from 'react';
import { pageActor } from './actor.ts';
import { clientAddress } from './client-address.ts';
import { getDeps } from './deps.ts';
import { readPortalEnv } from './env.ts';

const holder = globalThis as { slipwayEvents?: Promise<EventHub> };

function getEventHub(): Promise<EventHub> {
  holder.slipwayEvents ??= createEventHub(readPortalEnv().databaseUrl).catch((cause: unknown) => {
    // The database was away at the first try: the next subscriber tries again.
    delete holder.slipwayEvents;
    throw cause;
  });
  return holder.slipwayEvents;
}

const subscribe: Subscribe = (listener) => {
  let end: (() => void) | undefined;
  let isEnded = false;
  getEventHub().then(
    (hub) => {
      if (!isEnded) end = hub.subscribe(listener);
    },
    (cause: unknown) => process.stderr.write(`No live events: ${String(cause)}\n`),
  );
  return () => {
    isEnded = true;
    end?.();
  };
};

/** contextOf is what a procedure gets of a request: who asks, from where, and the id to quote. */
export function contextOf(requestHeaders: Headers, actor: Actor | null) {
  const address = clientAddress(requestHeaders);
  return createContext({ deps: getDeps(), actor, address, requestId: crypto.randomUUID(), subscribe });
}

/** pageContext is the context of the page that is being rendered, made once a request. */
export const pageContext = cache(async () => contextOf(await headers(), await pageActor()));
