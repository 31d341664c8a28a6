/** AuthFailure is why sign-in or a change of password was refused, in words. */
export class AuthFailure extends Error {}

async function post(path: string, body: object): Promise<void> {
  let res: Response;
  try {
    res = await fetch(`/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new AuthFailure('The portal does not answer. Check the connection and try again.');
  }
  if (res.ok) return;
  const answer: unknown = await res.json().catch(() => null);
  const isObject = typeof answer === 'object' && answer !== null;
  const code = isObject && 'code' in answer ? answer.code : undefined;
  const message = isObject && 'message' in answer && typeof answer.message === 'string' ? answer.message : undefined;
  if (code === 'INVALID_EMAIL_OR_PASSWORD') throw new AuthFailure('E-mail or password is wrong.');
  if (code === 'INVALID_PASSWORD') throw new AuthFailure('The current password is wrong.');
  throw new AuthFailure(message ?? `The portal answered ${res.status}. Try again.`);
}

/** signIn opens a session. Throws AuthFailure. */
export const signIn = (email: string, password: string): Promise<void> => post('/sign-in/email', { email, password });
/** signOut ends this browser's session. Throws AuthFailure. */
export const signOut = (): Promise<void> => post('/sign-out', {});
/** changePassword sets a new password and ends every other session. Throws AuthFailure. */
export const changePassword = (currentPassword: string, newPassword: string): Promise<void> =>
  post('/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
