import type { PagePosition } from '@slipway/domain';
import type { QuotaRequestStatus } from '@slipway/domain/quota';
import type { Prisma } from '../generated/client.ts';
import type { Tx } from '../transaction.ts';

/** QuotaRequestRecord is a request with the names of its team and flavour. */
export interface QuotaRequestRecord {
  id: string;
  teamId: string;
  teamSlug: string;
  teamName: string;
  flavorId: string;
  flavorName: string;
  flavorModel: string;
  slots: number;
  durationHours: number;
  purpose: string;
  status: QuotaRequestStatus;
  requestedBy: string;
  decidedBy: string | null;
  decidedAt: Date | null;
  comment: string | null;
  createdAt: Date;
  grantId: string | null;
}

/** QuotaGrantRecord is slots that a team has for a time. */
export interface QuotaGrantRecord {
  id: string;
  teamId: string;
  teamSlug: string;
  flavorId: string;
  flavorName: string;
  requestId: string | null;
  slots: number;
  status: 'ready' | 'expired' | 'cancelled';
  startsAt: Date;
  endsAt: Date | null;
}

const REQUEST = {
  include: { team: true, flavor: true, grant: { select: { id: true } } },
} satisfies Prisma.QuotaRequestDefaultArgs;
const GRANT = { include: { team: true, flavor: true } } satisfies Prisma.QuotaGrantDefaultArgs;

function toRequest(row: Prisma.QuotaRequestGetPayload<typeof REQUEST>): QuotaRequestRecord {
  const { team, flavor, grant, ...request } = row;
  return {
    ...request,
    status: request.status as QuotaRequestStatus,
    teamSlug: team.slug,
    teamName: team.name,
    flavorName: flavor.name,
    flavorModel: flavor.model,
    grantId: grant?.id ?? null,
  };
}

function toGrant(row: Prisma.QuotaGrantGetPayload<typeof GRANT>): QuotaGrantRecord {
  const { team, flavor, createdAt: _, ...grant } = row;
  return {
    ...grant,
    status: grant.status as QuotaGrantRecord['status'],
    teamSlug: team.slug,
    flavorName: flavor.name,
  };
}

/** NewQuotaRequest is what somebody asks for. */
export interface NewQuotaRequest {
  id: string;
  teamId: string;
  flavorId: string;
  slots: number;
  durationHours: number;
  purpose: string;
  requestedBy: string;
  createdAt: Date;
}

/** insertQuotaRequest adds a pending request. */
export async function insertQuotaRequest(tx: Tx, request: NewQuotaRequest): Promise<QuotaRequestRecord> {
  return toRequest(await tx.quotaRequest.create({ data: request, ...REQUEST }));
}

/** findSamePendingRequest reads a pending request that asks for exactly the same, or null. */
export async function findSamePendingRequest(
  tx: Tx,
  request: Omit<NewQuotaRequest, 'id' | 'createdAt'>,
): Promise<QuotaRequestRecord | null> {
  const row = await tx.quotaRequest.findFirst({ where: { ...request, status: 'pending' }, ...REQUEST });
  return row === null ? null : toRequest(row);
}

/** findQuotaRequest reads a request; with a team, only if it is that team's. */
export async function findQuotaRequest(tx: Tx, id: string, teamId?: string): Promise<QuotaRequestRecord | null> {
  const row = await tx.quotaRequest.findFirst({ where: { id, ...(teamId ? { teamId } : {}) }, ...REQUEST });
  return row === null ? null : toRequest(row);
}

/** RequestFilter picks a page of requests, newest first. */
export interface RequestFilter {
  teamId?: string | undefined;
  status?: QuotaRequestStatus | undefined;
  after: PagePosition | null;
  limit: number;
}

/** listQuotaRequestRecords reads a page of requests. */
export async function listQuotaRequestRecords(tx: Tx, filter: RequestFilter): Promise<QuotaRequestRecord[]> {
  const { teamId, status, after, limit } = filter;
  const rows = await tx.quotaRequest.findMany({
    where: {
      ...(teamId ? { teamId } : {}),
      ...(status ? { status } : {}),
      ...(after ? { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] } : {}),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    ...REQUEST,
  });
  return rows.map(toRequest);
}

/** countPendingRequests says how many requests wait for a decision. */
export function countPendingRequests(tx: Tx): Promise<number> {
  return tx.quotaRequest.count({ where: { status: 'pending' } });
}

/** updateRequestDecision writes a decision on a request that is still pending; false when somebody decided first. */
export async function updateRequestDecision(
  tx: Tx,
  id: string,
  decision: { status: QuotaRequestStatus; decidedBy: string; decidedAt: Date; comment: string | null },
): Promise<boolean> {
  const { count } = await tx.quotaRequest.updateMany({ where: { id, status: 'pending' }, data: decision });
  return count === 1;
}

/** NewQuotaGrant is slots for a team; endsAt null is without end. */
export interface NewQuotaGrant {
  id: string;
  teamId: string;
  flavorId: string;
  requestId: string | null;
  slots: number;
  startsAt: Date;
  endsAt: Date | null;
}

/** insertQuotaGrant adds a grant. */
export async function insertQuotaGrant(tx: Tx, grant: NewQuotaGrant): Promise<void> {
  await tx.quotaGrant.create({ data: { ...grant, createdAt: grant.startsAt } });
}

/** findQuotaGrant reads a grant. */
export async function findQuotaGrant(tx: Tx, id: string): Promise<QuotaGrantRecord | null> {
  const row = await tx.quotaGrant.findUnique({ where: { id }, ...GRANT });
  return row === null ? null : toGrant(row);
}

/** listTeamGrants reads a team's grants, newest first. */
export async function listTeamGrants(tx: Tx, teamId: string): Promise<QuotaGrantRecord[]> {
  const orderBy = [{ startsAt: 'desc' }, { id: 'desc' }] satisfies Prisma.QuotaGrantOrderByWithRelationInput[];
  return (await tx.quotaGrant.findMany({ where: { teamId }, orderBy, ...GRANT })).map(toGrant);
}

/** closeGrant ends a grant that counts; false when it was ended already. */
export async function closeGrant(
  tx: Tx,
  id: string,
  end: { status: 'expired' | 'cancelled'; endsAt: Date },
): Promise<boolean> {
  const { count } = await tx.quotaGrant.updateMany({ where: { id, status: 'ready' }, data: end });
  return count === 1;
}
