import { getAuth } from './auth.ts';
import { refuseForeignOrigin } from './same-origin.ts';

/** handleAuth answers sign-in, sign-out and the change of a password. */
export async function handleAuth(req: Request): Promise<Response> {
  return refuseForeignOrigin(req) ?? getAuth().handler(req);
}
