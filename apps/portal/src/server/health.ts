import { getDeps } from './deps.ts';

/** handleHealth answers 200 while the portal can reach its database, else 503. */
export async function handleHealth(): Promise<Response> {
  try {
    await getDeps().db.pool.query('SELECT 1');
    return Response.json({ status: 'ok' });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return Response.json(
      { status: 'unavailable', message: `The database does not answer: ${message}` },
      { status: 503 },
    );
  }
}
