/** NOUNS are the eight words that name every part of the platform. */
export const NOUNS = ['access', 'catalog', 'quota', 'registry', 'training', 'serving', 'rollout', 'metering'] as const;
/** Noun is one of the eight words. */
export type Noun = (typeof NOUNS)[number];

/** ChangeEvent says that something changed; whoever shows it reads it again. teamId null means that everybody may know. */
export interface ChangeEvent {
  noun: Noun;
  id: string;
  teamId: string | null;
}

/** LiveEvent is a change, or `all`: changes may have been missed, so everything shown is read again. */
export type LiveEvent = ChangeEvent | { noun: 'all'; id: '*'; teamId: null };

/** Subscribe registers a listener and returns how to end it. */
export type Subscribe = (listener: (event: LiveEvent) => void) => () => void;
