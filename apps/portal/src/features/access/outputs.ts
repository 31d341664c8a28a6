import type { AppRouter } from '@slipway/api';
import type { inferRouterOutputs } from '@trpc/server';

type Outputs = inferRouterOutputs<AppRouter>['access'];
/** Member is a person in a team. */
export type Member = Outputs['getTeam']['members'][number];
/** Invitation is a person asked into a team. */
export type Invitation = Outputs['getTeam']['invitations'][number];
/** KeyView is an API key or personal access token without its secret. */
export type KeyView = Outputs['listApiKeys']['items'][number];
/** User is somebody with an account. */
export type User = Outputs['listUsers']['items'][number];
