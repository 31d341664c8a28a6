'use client';
import type { LiveEvent, Noun } from '@slipway/domain';
import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { createContext, type ReactNode, useContext, useRef, useState } from 'react';
import { useTRPC } from './client.tsx';
import { createCoalescer } from './coalescer.ts';

/** AFFECTED says what else a page may show of a noun that changed. */
const AFFECTED: Record<Noun, readonly Noun[]> = {
  access: ['access'],
  catalog: ['catalog', 'quota'],
  quota: ['quota', 'catalog'],
  registry: ['registry'],
  training: ['training', 'quota', 'catalog'],
  serving: ['serving', 'rollout', 'quota', 'catalog'],
  rollout: ['rollout', 'serving'],
  metering: ['metering'],
};
const ALL = Object.keys(AFFECTED) as Noun[];
const affectedBy = (event: LiveEvent) => (event.noun === 'all' ? ALL : AFFECTED[event.noun]);
// Many events of one deployment become one refetch.
const COALESCE_MS = 250;

/** Connection is how the live connection is; `lastUpdateAt` is the last sign of life in milliseconds. */
export interface Connection {
  state: 'connecting' | 'live' | 'lost';
  lastUpdateAt: number;
}
const ConnectionContext = createContext<Connection>({ state: 'connecting', lastUpdateAt: 0 });

/** useConnection tells whether what is shown is live. */
export const useConnection = (): Connection => useContext(ConnectionContext);

/** LiveProvider listens once for every change and has the pages read again what it touches. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [lastUpdateAt, setLastUpdateAt] = useState(() => Date.now());
  const hasLost = useRef(false);
  const [coalescer] = useState(() =>
    createCoalescer<Noun>(COALESCE_MS, (nouns) => {
      for (const noun of nouns) void queryClient.invalidateQueries(trpc[noun].pathFilter());
    }),
  );
  const subscription = useSubscription(
    trpc.live.events.subscriptionOptions(undefined, {
      onStarted: () => setLastUpdateAt(Date.now()),
      onData: (event) => {
        setLastUpdateAt(Date.now());
        for (const noun of affectedBy(event)) coalescer.add(noun);
      },
      onConnectionStateChange: (state) => {
        // What happened while the connection was away is unknown: read everything again once it is back.
        if (state.state === 'pending' && hasLost.current) for (const noun of ALL) coalescer.add(noun);
        if (state.state === 'connecting' && state.error !== null) hasLost.current = true;
      },
    }),
  );
  const state = subscription.status === 'pending' ? 'live' : subscription.error === null ? 'connecting' : 'lost';
  return <ConnectionContext value={{ state, lastUpdateAt }}>{children}</ConnectionContext>;
}
