-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "image" TEXT,
    "platformRole" TEXT NOT NULL DEFAULT 'user',
    "mustChangePassword" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(6),
    "refreshTokenExpiresAt" TIMESTAMPTZ(6),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "teamId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("teamId","userId")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "invitedBy" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(6),
    "cancelledAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'key',
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "createdByUserId" TEXT NOT NULL,
    "createdByEmail" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6),
    "revokedAt" TIMESTAMPTZ(6),
    "lastUsedAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_token" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6),
    "revokedAt" TIMESTAMPTZ(6),
    "lastUsedAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "sequence" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "teamSlug" TEXT,
    "action" TEXT NOT NULL,
    "targetKind" TEXT NOT NULL,
    "targetId" TEXT NOT NULL,
    "targetName" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "cluster" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "condition" JSONB,
    "machine" JSONB,
    "observedAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flavor" (
    "id" TEXT NOT NULL,
    "clusterId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "memoryBytes" BIGINT,
    "migProfile" TEXT,
    "totalSlots" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flavor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "flavorName" TEXT,
    "modelName" TEXT,
    "amountMicros" BIGINT NOT NULL,
    "effectiveFrom" TIMESTAMPTZ(6) NOT NULL,
    "setBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_record" (
    "requestId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "teamId" TEXT NOT NULL,
    "teamSlug" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "endpointName" TEXT NOT NULL,
    "endpointTeamSlug" TEXT NOT NULL,
    "revisionId" TEXT NOT NULL,
    "revisionNumber" INTEGER NOT NULL,
    "versionId" TEXT NOT NULL,
    "versionLabel" TEXT NOT NULL,
    "replicaId" TEXT,
    "apiKeyId" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "httpStatus" INTEGER NOT NULL,
    "promptTokens" INTEGER NOT NULL,
    "cachedTokens" INTEGER NOT NULL,
    "completionTokens" INTEGER NOT NULL,
    "ttftMs" DOUBLE PRECISION,
    "durationMs" DOUBLE PRECISION NOT NULL,
    "promptPriceMicros" BIGINT NOT NULL,
    "completionPriceMicros" BIGINT NOT NULL,
    "costPicos" BIGINT NOT NULL,

    CONSTRAINT "usage_record_pkey" PRIMARY KEY ("requestId")
);

-- CreateTable
CREATE TABLE "slot_record" (
    "id" TEXT NOT NULL,
    "ownerKind" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "teamSlug" TEXT NOT NULL,
    "endpointId" TEXT,
    "endpointName" TEXT,
    "runId" TEXT,
    "runName" TEXT,
    "versionId" TEXT,
    "versionLabel" TEXT,
    "flavorName" TEXT NOT NULL,
    "slots" INTEGER NOT NULL,
    "startAt" TIMESTAMPTZ(6) NOT NULL,
    "endAt" TIMESTAMPTZ(6) NOT NULL,
    "slotMillis" BIGINT NOT NULL,
    "priceMicros" BIGINT NOT NULL,
    "costPicos" BIGINT NOT NULL,

    CONSTRAINT "slot_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_request" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "flavorId" TEXT NOT NULL,
    "slots" INTEGER NOT NULL,
    "durationHours" INTEGER NOT NULL,
    "purpose" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "requestedBy" TEXT NOT NULL,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(6),
    "comment" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_grant" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "flavorId" TEXT NOT NULL,
    "requestId" TEXT,
    "slots" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'ready',
    "startsAt" TIMESTAMPTZ(6) NOT NULL,
    "endsAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "visibility" TEXT NOT NULL DEFAULT 'team',
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_version" (
    "id" TEXT NOT NULL,
    "modelId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "condition" JSONB,
    "digest" TEXT,
    "sizeBytes" BIGINT,
    "transferredBytes" BIGINT NOT NULL DEFAULT 0,
    "totalBytes" BIGINT,
    "metadata" JSONB,
    "licence" TEXT,
    "sourceKind" TEXT NOT NULL,
    "sourceAddress" TEXT NOT NULL,
    "sourceSecret" JSONB,
    "expectedDigest" TEXT,
    "lineage" JSONB,
    "runId" TEXT,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "upload" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "receivedBytes" BIGINT NOT NULL DEFAULT 0,
    "completedAt" TIMESTAMPTZ(6),
    "claimedAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "starter_model" (
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "message" TEXT NOT NULL DEFAULT '',
    "transferredBytes" BIGINT NOT NULL DEFAULT 0,
    "totalBytes" BIGINT,
    "versionId" TEXT,
    "endpointName" TEXT,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "starter_model_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "rollout" (
    "id" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "stableRevisionId" TEXT NOT NULL,
    "canaryRevisionId" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "reason" TEXT NOT NULL DEFAULT '',
    "startedBy" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedBy" TEXT,
    "endedAt" TIMESTAMPTZ(6),

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoint" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "templateVersion" TEXT NOT NULL,
    "visibility" TEXT NOT NULL DEFAULT 'team',
    "flavorId" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "observedGeneration" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "condition" JSONB,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,
    "deletedAt" TIMESTAMPTZ(6),

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revision" (
    "id" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "weightPercent" INTEGER NOT NULL,
    "versionId" TEXT NOT NULL,
    "replicas" INTEGER NOT NULL,
    "slotsPerReplica" INTEGER NOT NULL,
    "contextTokens" INTEGER NOT NULL,
    "maxConcurrency" INTEGER NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replica" (
    "id" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "revisionId" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "condition" JSONB,
    "address" TEXT,
    "restarts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(6),
    "startedAt" TIMESTAMPTZ(6),
    "readyAt" TIMESTAMPTZ(6),
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "replica_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dataset" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "lineCount" INTEGER NOT NULL,
    "preview" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dataset_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "training_run" (
    "id" TEXT NOT NULL,
    "teamId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "templateVersion" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "baseVersionId" TEXT NOT NULL,
    "datasetId" TEXT NOT NULL,
    "outputModel" TEXT NOT NULL,
    "outputVersionId" TEXT,
    "flavorId" TEXT NOT NULL,
    "slots" INTEGER NOT NULL,
    "timeLimitMinutes" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "condition" JSONB,
    "cancelRequestedAt" TIMESTAMPTZ(6),
    "steps" JSONB NOT NULL DEFAULT '[]',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "trainLoss" DOUBLE PRECISION,
    "validationLoss" DOUBLE PRECISION,
    "initialValidationLoss" DOUBLE PRECISION,
    "tokensPerSecond" DOUBLE PRECISION,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(6),
    "endedAt" TIMESTAMPTZ(6),

    CONSTRAINT "training_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run_metric" (
    "runId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "epoch" DOUBLE PRECISION NOT NULL,
    "iteration" INTEGER NOT NULL,
    "trainLoss" DOUBLE PRECISION,
    "validationLoss" DOUBLE PRECISION,
    "tokensPerSecond" DOUBLE PRECISION,

    CONSTRAINT "run_metric_pkey" PRIMARY KEY ("runId","sequence")
);

-- CreateTable
CREATE TABLE "log_line" (
    "ownerKind" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "stream" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "log_line_pkey" PRIMARY KEY ("ownerKind","ownerId","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "team_slug_key" ON "team"("slug");

-- CreateIndex
CREATE INDEX "membership_userId_idx" ON "membership"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_tokenHash_key" ON "invitation"("tokenHash");

-- CreateIndex
CREATE INDEX "invitation_teamId_createdAt_idx" ON "invitation"("teamId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secretHash_key" ON "api_key"("secretHash");

-- CreateIndex
CREATE INDEX "api_key_teamId_createdAt_idx" ON "api_key"("teamId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "access_token_secretHash_key" ON "access_token"("secretHash");

-- CreateIndex
CREATE INDEX "access_token_userId_createdAt_idx" ON "access_token"("userId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "audit_entry_hash_key" ON "audit_entry"("hash");

-- CreateIndex
CREATE INDEX "audit_entry_action_sequence_idx" ON "audit_entry"("action", "sequence");

-- CreateIndex
CREATE INDEX "audit_entry_targetKind_targetId_sequence_idx" ON "audit_entry"("targetKind", "targetId", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "cluster_name_key" ON "cluster"("name");

-- CreateIndex
CREATE UNIQUE INDEX "flavor_name_key" ON "flavor"("name");

-- CreateIndex
CREATE INDEX "price_kind_effectiveFrom_idx" ON "price"("kind", "effectiveFrom");

-- CreateIndex
CREATE INDEX "usage_record_at_idx" ON "usage_record"("at");

-- CreateIndex
CREATE INDEX "usage_record_teamId_at_idx" ON "usage_record"("teamId", "at");

-- CreateIndex
CREATE INDEX "usage_record_endpointId_at_idx" ON "usage_record"("endpointId", "at");

-- CreateIndex
CREATE INDEX "slot_record_startAt_idx" ON "slot_record"("startAt");

-- CreateIndex
CREATE INDEX "slot_record_teamId_startAt_idx" ON "slot_record"("teamId", "startAt");

-- CreateIndex
CREATE INDEX "slot_record_ownerId_endAt_idx" ON "slot_record"("ownerId", "endAt");

-- CreateIndex
CREATE UNIQUE INDEX "slot_record_ownerId_startAt_key" ON "slot_record"("ownerId", "startAt");

-- CreateIndex
CREATE INDEX "quota_request_teamId_createdAt_idx" ON "quota_request"("teamId", "createdAt");

-- CreateIndex
CREATE INDEX "quota_request_status_createdAt_idx" ON "quota_request"("status", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "quota_grant_requestId_key" ON "quota_grant"("requestId");

-- CreateIndex
CREATE INDEX "quota_grant_teamId_flavorId_status_idx" ON "quota_grant"("teamId", "flavorId", "status");

-- CreateIndex
CREATE INDEX "quota_grant_status_endsAt_idx" ON "quota_grant"("status", "endsAt");

-- CreateIndex
CREATE UNIQUE INDEX "model_teamId_name_key" ON "model"("teamId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_runId_key" ON "model_version"("runId");

-- CreateIndex
CREATE INDEX "model_version_digest_idx" ON "model_version"("digest");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_modelId_version_key" ON "model_version"("modelId", "version");

-- CreateIndex
CREATE UNIQUE INDEX "model_version_modelId_digest_key" ON "model_version"("modelId", "digest");

-- CreateIndex
CREATE INDEX "upload_teamId_createdAt_idx" ON "upload"("teamId", "createdAt");

-- CreateIndex
CREATE INDEX "rollout_endpointId_startedAt_idx" ON "rollout"("endpointId", "startedAt");

-- CreateIndex
CREATE INDEX "endpoint_teamId_name_idx" ON "endpoint"("teamId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "revision_endpointId_number_key" ON "revision"("endpointId", "number");

-- CreateIndex
CREATE INDEX "replica_endpointId_idx" ON "replica"("endpointId");

-- CreateIndex
CREATE UNIQUE INDEX "replica_revisionId_ordinal_key" ON "replica"("revisionId", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "dataset_teamId_name_key" ON "dataset"("teamId", "name");

-- CreateIndex
CREATE INDEX "training_run_teamId_createdAt_idx" ON "training_run"("teamId", "createdAt");

-- CreateIndex
CREATE INDEX "training_run_status_idx" ON "training_run"("status");

-- CreateIndex
CREATE UNIQUE INDEX "training_run_teamId_name_key" ON "training_run"("teamId", "name");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "flavor" ADD CONSTRAINT "flavor_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_request" ADD CONSTRAINT "quota_request_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_request" ADD CONSTRAINT "quota_request_flavorId_fkey" FOREIGN KEY ("flavorId") REFERENCES "flavor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_grant" ADD CONSTRAINT "quota_grant_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_grant" ADD CONSTRAINT "quota_grant_flavorId_fkey" FOREIGN KEY ("flavorId") REFERENCES "flavor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_grant" ADD CONSTRAINT "quota_grant_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "quota_request"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model" ADD CONSTRAINT "model_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_version" ADD CONSTRAINT "model_version_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_endpointId_fkey" FOREIGN KEY ("endpointId") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "endpoint" ADD CONSTRAINT "endpoint_flavorId_fkey" FOREIGN KEY ("flavorId") REFERENCES "flavor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_endpointId_fkey" FOREIGN KEY ("endpointId") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "model_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replica" ADD CONSTRAINT "replica_endpointId_fkey" FOREIGN KEY ("endpointId") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "replica" ADD CONSTRAINT "replica_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "revision"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dataset" ADD CONSTRAINT "dataset_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_run" ADD CONSTRAINT "training_run_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_run" ADD CONSTRAINT "training_run_baseVersionId_fkey" FOREIGN KEY ("baseVersionId") REFERENCES "model_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_run" ADD CONSTRAINT "training_run_datasetId_fkey" FOREIGN KEY ("datasetId") REFERENCES "dataset"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "training_run" ADD CONSTRAINT "training_run_flavorId_fkey" FOREIGN KEY ("flavorId") REFERENCES "flavor"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_metric" ADD CONSTRAINT "run_metric_runId_fkey" FOREIGN KEY ("runId") REFERENCES "training_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- By hand from here on: what Prisma's schema language cannot say.

-- A deleted endpoint leaves its name free.
CREATE UNIQUE INDEX "endpoint_live_name_key" ON "endpoint"("teamId", "name") WHERE "deletedAt" IS NULL;

-- At most one canary of an endpoint at a time.
CREATE UNIQUE INDEX "rollout_running_key" ON "rollout"("endpointId") WHERE "status" = 'running';

-- The ledger, the price book and the audit trail only grow.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "usage_record_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "usage_record" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "slot_record_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "slot_record" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "price_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "price" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
