import type { Actor } from '@slipway/domain/access';
import { authenticateToken, loadActor } from '@slipway/use-cases/access';
import { headers } from 'next/headers';
import { cache } from 'react';
import { getAuth } from './auth.ts';
import { getDeps } from './deps.ts';

/** sessionActor is the person whose cookie these headers carry, or null. */
export async function sessionActor(requestHeaders: Headers): Promise<Actor | null> {
  const session = await getAuth().api.getSession({ headers: requestHeaders });
  return session === null ? null : loadActor(getDeps(), session.user.id);
}

/** bearerActor is the person whose personal access token these headers carry, or null. */
export async function bearerActor(requestHeaders: Headers): Promise<Actor | null> {
  const bearer = /^Bearer (\S+)$/i.exec(requestHeaders.get('authorization') ?? '')?.[1];
  return bearer === undefined ? null : authenticateToken(getDeps(), bearer);
}

/** pageActor is the signed-in person of the page that is being rendered, read once a request. */
export const pageActor = cache(async () => sessionActor(await headers()));
