import type { ArtifactStore, Database } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';

/** Deps is everything outside that a use-case may touch. */
export interface Deps {
  db: Database;
  artifacts: ArtifactStore;
  /** dataDir holds uploads; artifacts lie where their store puts them. */
  dataDir: string;
  now: () => Date;
  /** gatewayUrl is the base address that clients of the OpenAI surface use, without a path. */
  gatewayUrl: string;
  /** allowedModelPaths are the directories of this server that a model may be registered from. */
  allowedModelPaths: string[];
}

/** Caller is who calls a public verb: perhaps nobody signed in, from an address. */
export interface Caller {
  actor: Actor | null;
  address: string;
}
