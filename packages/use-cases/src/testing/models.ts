import { randomUUID } from 'node:crypto';
import { type TeamRecord, withTransaction } from '@slipway/db';
import type { GgufMetadata } from '@slipway/domain/registry';
import type { TestPlatform } from './index.ts';

/** TEST_METADATA is what the header of a small F32 model says. */
export const TEST_METADATA: GgufMetadata = {
  format: 'gguf',
  ggufVersion: 3,
  architecture: 'llama',
  name: 'Test',
  parameterCount: 900_000,
  tensorCount: 38,
  quantisation: 'F32',
  contextLength: 1_024,
  embeddingLength: 128,
  blockCount: 4,
  vocabularySize: 1_024,
  tokenizer: 'gpt2',
  chatTemplate: '{{ messages }}',
  licence: 'apache-2.0',
  kvBytesPerToken: 1_024,
};

/** addReadyVersion adds a ready version to a team's model, made if missing; its bytes are not there. */
export async function addReadyVersion(
  platform: TestPlatform,
  team: TeamRecord,
  options: { model?: string; visibility?: 'team' | 'organisation'; metadata?: Partial<GgufMetadata> } = {},
): Promise<{ id: string; label: string; digest: string }> {
  const { model: name = 'tiny', visibility = 'team' } = options;
  const now = platform.deps.now();
  return withTransaction(platform.db, async (tx) => {
    const model = await tx.model.upsert({
      where: { teamId_name: { teamId: team.id, name } },
      create: { id: randomUUID(), teamId: team.id, name, visibility, createdAt: now },
      update: {},
    });
    const version = (await tx.modelVersion.count({ where: { modelId: model.id } })) + 1;
    const id = randomUUID();
    const digest = `sha256:${(randomUUID() + randomUUID()).replaceAll('-', '')}`;
    await tx.modelVersion.create({
      data: {
        id,
        modelId: model.id,
        version,
        status: 'ready',
        digest,
        sizeBytes: 3_700_000n,
        metadata: { ...TEST_METADATA, ...options.metadata },
        licence: 'apache-2.0',
        sourceKind: 'upload',
        sourceAddress: 'tiny.gguf',
        createdBy: 'system',
        createdAt: now,
      },
    });
    return { id, label: `${team.slug}/${name}:${version}`, digest };
  });
}

/** grantSlots lets a team use CPU slots without end. */
export async function grantSlots(platform: TestPlatform, team: TeamRecord, slots: number): Promise<void> {
  const flavor = await platform.db.prisma.flavor.findUniqueOrThrow({ where: { name: 'cpu' } });
  const startsAt = new Date(platform.deps.now().getTime() - 1_000);
  await platform.db.prisma.quotaGrant.create({
    data: { id: randomUUID(), teamId: team.id, flavorId: flavor.id, slots, startsAt, endsAt: null },
  });
}

/** jobsOf lists the ids of the pending jobs of a kind. */
export async function jobsOf(platform: TestPlatform, kind: string): Promise<string[]> {
  const { rows } = await platform.db.pool.query<{ key: string }>(
    'SELECT key FROM graphile_worker.jobs WHERE task_identifier = $1 ORDER BY id',
    [kind],
  );
  return rows.map((row) => row.key.slice(kind.length + 1));
}
