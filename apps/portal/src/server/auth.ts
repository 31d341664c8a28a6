import { clearAttempts, countAttempt } from '@slipway/db';
import { emailSchema } from '@slipway/domain';
import { ATTEMPT_WINDOW_MINUTES, decideAttempt } from '@slipway/domain/access';
import { loadActor, passwordChanged } from '@slipway/use-cases/access';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { loadAuthSecret } from './auth-secret.ts';
import { clientAddress } from './client-address.ts';
import { getDeps } from './deps.ts';
import { readPortalEnv } from './env.ts';

const SESSION_SECONDS = 7 * 24 * 3_600;
const RENEW_SECONDS = 24 * 3_600;

/** Auth is the portal's sign-in. */
export type Auth = ReturnType<typeof createAuth>;
const holder = globalThis as { slipwayAuth?: Auth };

/** getAuth gives the portal's one sign-in. */
export function getAuth(): Auth {
  holder.slipwayAuth ??= createAuth();
  return holder.slipwayAuth;
}

function attemptKeys(ctx: { body?: unknown; headers?: Headers | undefined }) {
  const body: object = typeof ctx.body === 'object' && ctx.body !== null ? ctx.body : {};
  const given = 'email' in body && typeof body.email === 'string' ? body.email : '';
  // What no account can have is counted under one name: it must fit an index and hold no NUL.
  const email = emailSchema.safeParse(given).data ?? '';
  return { email, address: clientAddress(ctx.headers ?? new Headers()) };
}

const refuse = createAuthMiddleware(async (ctx) => {
  if (ctx.path === '/sign-in/email') await refuseGuessing(attemptKeys(ctx));
  // Somebody else knows the password that was given out: to choose it again would change nothing.
  if (ctx.path === '/change-password' && ctx.body?.newPassword === ctx.body?.currentPassword) {
    throw new APIError('BAD_REQUEST', { message: 'Choose a password other than the present one.' });
  }
});

// The same counters as the REST sign-in: a program that guesses gains nothing by using both. Counted before the password is looked at,
// so that many at once are counted too.
async function refuseGuessing(keys: ReturnType<typeof attemptKeys>): Promise<void> {
  const { db, now } = getDeps();
  const at = now();
  const counts = await countAttempt(db.prisma, keys, { now: at, minutes: ATTEMPT_WINDOW_MINUTES });
  const decision = decideAttempt(counts, at);
  if (decision.isAllowed) return;
  const message = `Too many failed sign-ins. Try again in ${decision.retryInMinutes} minutes.`;
  throw new APIError('TOO_MANY_REQUESTS', { message });
}

const noteOutcome = createAuthMiddleware(async (ctx) => {
  const { returned, session, newSession } = ctx.context;
  const isRefused = returned instanceof APIError;
  if (ctx.path === '/sign-in/email' && !isRefused) await clearAttempts(getDeps().db.prisma, attemptKeys(ctx));
  if (ctx.path === '/change-password' && !isRefused) {
    const userId = newSession?.user.id ?? session?.user.id;
    const actor = userId === undefined ? null : await loadActor(getDeps(), userId);
    if (actor !== null) await passwordChanged(getDeps(), actor);
  }
});

function createAuth() {
  const env = readPortalEnv();
  return betterAuth({
    secret: loadAuthSecret(env.authSecret, env.dataDir),
    database: prismaAdapter(getDeps().db.prisma, { provider: 'postgresql' }),
    basePath: '/api/auth',
    ...(env.publicUrl === null ? {} : { baseURL: env.publicUrl }),
    // Without a public address the portal is reached by any name of this machine; the route checks the origin itself.
    trustedOrigins: (req) => [req?.headers.get('origin') ?? ''].filter((origin) => origin !== ''),
    // Accounts come from invitations and the first run only.
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 200 },
    session: { expiresIn: SESSION_SECONDS, updateAge: RENEW_SECONDS },
    user: {
      additionalFields: {
        platformRole: { type: 'string', input: false },
        mustChangePassword: { type: 'boolean', input: false },
      },
    },
    rateLimit: { enabled: false },
    advanced: { useSecureCookies: env.publicUrl?.startsWith('https://') ?? false, cookiePrefix: 'slipway' },
    telemetry: { enabled: false },
    // Its only warning here is that no public address is set, which is the default.
    logger: { level: 'error' },
    hooks: { before: refuse, after: noteOutcome },
  });
}
