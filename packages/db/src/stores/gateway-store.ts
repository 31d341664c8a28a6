import { conditionSchema } from '@slipway/domain';
import type { PriceEntry, PriceKind } from '@slipway/domain/metering';
import type { Database } from '../database.ts';

/** RoutableReplica is one engine process as the gateway sees it. */
export interface RoutableReplica {
  id: string;
  status: string;
  address: string | null;
  nextAttemptAt: Date | null;
}

/** RoutableRevision is a stable or canary revision with its share of traffic. */
export interface RoutableRevision {
  id: string;
  number: number;
  role: 'stable' | 'canary';
  weightPercent: number;
  versionId: string;
  versionLabel: string;
  modelName: string;
  desiredReplicas: number;
  replicas: RoutableReplica[];
}

/** RoutableEndpoint is an endpoint that is not deleted. */
export interface RoutableEndpoint {
  id: string;
  name: string;
  teamId: string;
  teamSlug: string;
  visibility: 'team' | 'organisation';
  status: string;
  message: string;
  createdAt: Date;
  revisions: RoutableRevision[];
}

/** CallerKey is an API key without its secret. */
export interface CallerKey {
  id: string;
  secretHash: string;
  teamId: string;
  teamSlug: string;
  caller: string;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

// A key that ended is kept this long so that its holder is told why it is refused; older ones are simply unknown.
const ENDED_KEY_MS = 30 * 24 * 3_600_000;

/** loadGatewaySnapshot reads all that gateways need to know, in three queries however much there is. */
export async function loadGatewaySnapshot(
  db: Database,
  now: Date,
): Promise<{ keys: CallerKey[]; endpoints: RoutableEndpoint[]; prices: PriceEntry[] }> {
  const [keys, endpoints, prices] = await Promise.all([loadKeys(db, now), loadEndpoints(db), loadTokenPrices(db)]);
  return { keys, endpoints, prices };
}

async function loadKeys(db: Database, now: Date): Promise<CallerKey[]> {
  const { rows } = await db.pool.query<{
    id: string;
    secretHash: string;
    teamId: string;
    teamSlug: string;
    kind: string;
    name: string;
    createdByEmail: string;
    expiresAt: Date | null;
    revokedAt: Date | null;
  }>(
    `SELECT k.id, k."secretHash", k."teamId", t.slug AS "teamSlug", k.kind, k.name, k."createdByEmail", k."expiresAt", k."revokedAt"
     FROM api_key k JOIN team t ON t.id = k."teamId"
     WHERE coalesce(k."revokedAt", 'infinity') > $1 AND coalesce(k."expiresAt", 'infinity') > $1`,
    [new Date(now.getTime() - ENDED_KEY_MS)],
  );
  return rows.map(({ kind, name, createdByEmail, ...key }) => ({
    ...key,
    caller: `${createdByEmail} (${kind === 'playground' ? 'playground' : name})`,
  }));
}

interface EndpointRow {
  endpointId: string;
  name: string;
  teamId: string;
  teamSlug: string;
  visibility: string;
  status: string;
  condition: unknown;
  createdAt: Date;
  revisionId: string | null;
  number: number;
  role: 'stable' | 'canary';
  weightPercent: number;
  desiredReplicas: number;
  versionId: string;
  modelName: string;
  version: number;
  replicaId: string | null;
  replicaStatus: string;
  address: string | null;
  nextAttemptAt: Date | null;
}

async function loadEndpoints(db: Database): Promise<RoutableEndpoint[]> {
  const { rows } = await db.pool.query<EndpointRow>(
    `SELECT e.id AS "endpointId", e.name, e."teamId", t.slug AS "teamSlug", e.visibility, e.status, e.condition, e."createdAt",
            r.id AS "revisionId", r.number, r.role, r."weightPercent", r.replicas AS "desiredReplicas",
            v.id AS "versionId", v.version, mt.slug || '/' || m.name AS "modelName",
            p.id AS "replicaId", p.status AS "replicaStatus", p.address, p."nextAttemptAt"
     FROM endpoint e
     JOIN team t ON t.id = e."teamId"
     LEFT JOIN revision r ON r."endpointId" = e.id AND r.role IN ('stable', 'canary')
     LEFT JOIN model_version v ON v.id = r."versionId"
     LEFT JOIN model m ON m.id = v."modelId"
     LEFT JOIN team mt ON mt.id = m."teamId"
     LEFT JOIN replica p ON p."revisionId" = r.id
     WHERE e."deletedAt" IS NULL
     ORDER BY e."createdAt", e.id, r.number, p.ordinal`,
  );
  const endpoints = new Map<string, RoutableEndpoint>();
  const revisions = new Map<string, RoutableRevision>();
  for (const row of rows) {
    const endpoint = endpoints.get(row.endpointId) ?? toEndpoint(row);
    endpoints.set(row.endpointId, endpoint);
    if (row.revisionId === null) continue;
    let revision = revisions.get(row.revisionId);
    if (revision === undefined) {
      revision = toRevision(row, row.revisionId);
      revisions.set(row.revisionId, revision);
      endpoint.revisions.push(revision);
    }
    if (row.replicaId === null) continue;
    const { replicaId, replicaStatus, address, nextAttemptAt } = row;
    revision.replicas.push({ id: replicaId, status: replicaStatus, address, nextAttemptAt });
  }
  return [...endpoints.values()];
}

function toEndpoint(row: EndpointRow): RoutableEndpoint {
  const condition = conditionSchema.safeParse(row.condition);
  return {
    id: row.endpointId,
    name: row.name,
    teamId: row.teamId,
    teamSlug: row.teamSlug,
    visibility: row.visibility === 'organisation' ? 'organisation' : 'team',
    status: row.status,
    message: condition.success ? condition.data.message : '',
    createdAt: row.createdAt,
    revisions: [],
  };
}

function toRevision(row: EndpointRow, id: string): RoutableRevision {
  const { number, role, weightPercent, versionId, modelName, version, desiredReplicas } = row;
  const versionLabel = `${modelName}:${version}`;
  return { id, number, role, weightPercent, versionId, versionLabel, modelName, desiredReplicas, replicas: [] };
}

async function loadTokenPrices(db: Database): Promise<PriceEntry[]> {
  const { rows } = await db.pool.query<Omit<PriceEntry, 'amountMicros'> & { kind: PriceKind; amountMicros: string }>(
    `SELECT id, kind, "flavorName", "modelName", "amountMicros", "effectiveFrom", "setBy", "createdAt"
     FROM price WHERE kind IN ('prompt_tokens', 'completion_tokens')`,
  );
  // The driver gives int8 as text, since it does not fit a number.
  return rows.map((row) => ({ ...row, amountMicros: BigInt(row.amountMicros) }));
}

/** touchApiKeys notes when keys were last used, in one statement; an earlier use never replaces a later one. */
export async function touchApiKeys(db: Database, uses: readonly { apiKeyId: string; at: Date }[]): Promise<void> {
  const latest = new Map<string, Date>();
  for (const { apiKeyId, at } of uses) if (at > (latest.get(apiKeyId) ?? 0)) latest.set(apiKeyId, at);
  await db.pool.query(
    `UPDATE api_key k SET "lastUsedAt" = u.at FROM unnest($1::text[], $2::timestamptz[]) AS u(id, at)
     WHERE k.id = u.id AND coalesce(k."lastUsedAt", '-infinity') < u.at`,
    [[...latest.keys()], [...latest.values()]],
  );
}
