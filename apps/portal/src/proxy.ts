import { type NextRequest, NextResponse } from 'next/server';
import { isDevelopment } from './server/runtime/env.ts';

const TEAM_COOKIE_SECONDS = 365 * 24 * 3_600;

function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    // React's development build evaluates code for its stack traces; production never does.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    // Popovers, charts and toasts place themselves by inline style.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** proxy gives each page its nonce and policy, its own path (for the way back after sign-in), and remembers the team. */
export function proxy(req: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(req.headers);
  headers.set('x-nonce', nonce);
  headers.set('x-path', req.nextUrl.pathname + req.nextUrl.search);
  headers.set('content-security-policy', policy);
  const res = NextResponse.next({ request: { headers } });
  res.headers.set('content-security-policy', policy);
  const team = /^\/teams\/([a-z0-9-]+)/.exec(req.nextUrl.pathname)?.[1];
  if (team !== undefined && req.cookies.get('slipway-team')?.value !== team) {
    res.cookies.set('slipway-team', team, { path: '/', maxAge: TEAM_COOKIE_SECONDS, sameSite: 'lax' });
  }
  return res;
}

// Next holds back up to 10 MB of every body that passes here: uploads and streams under /api must not.
export const config = { matcher: ['/((?!api/|_next/|healthz|metrics|.*\\.(?:ico|svg|png|woff2)$).*)'] };
