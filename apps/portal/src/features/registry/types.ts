import type { OutputOf } from '@slipway/domain/kernel';
import type { registryContract } from '@slipway/domain/registry';

/** Model is a model of a list. */
export type Model = OutputOf<typeof registryContract.listModels>['items'][number];
/** Version is one immutable version. */
export type Version = NonNullable<Model['latestVersion']>;
/** VersionDetail is a version with what uses it and what was made of it. */
export type VersionDetail = OutputOf<typeof registryContract.getModelVersion>;
