/**
 * isSameOrigin says whether a browser sent this request from our own pages. Requests without a browser's headers (CLI, scripts) carry
 * a bearer token and no cookie, so they are let through when no cookie is sent.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = headers.get('origin');
  if (origin !== null)
    return URL.canParse(origin) && new URL(origin).host === (headers.get('x-forwarded-host') ?? headers.get('host'));
  return headers.get('cookie') === null;
}

/** refuseForeignOrigin answers 403 to a change that another site's page tries with our cookie; null lets it through. */
export function refuseForeignOrigin(req: Request): Response | null {
  const isRead = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
  if (isRead || isSameOrigin(req.headers)) return null;
  return Response.json({ message: 'This request came from another site. Use the portal itself.' }, { status: 403 });
}
