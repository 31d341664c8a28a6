import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TeamRecord } from '@slipway/db';
import type { Actor } from '@slipway/domain/access';
import { type ModelSource, registryContract } from '@slipway/domain/registry';
import { servingContract } from '@slipway/domain/serving';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteEndpoint, deployEndpoint } from '../serving/index.ts';
import { openTestPlatform, type TestPlatform } from '../testing/index.ts';
import { addReadyVersion, grantSlots, jobsOf } from '../testing/models.ts';
import * as registry from './index.ts';

const HUB: ModelSource = {
  kind: 'huggingface',
  repository: 'owner/name',
  file: 'tiny.gguf',
  revision: 'main',
  token: 'hf_secret',
};

describe('models and versions', () => {
  let platform: TestPlatform;
  let team: TeamRecord;
  let ada: Actor;

  beforeEach(async () => {
    platform = await openTestPlatform();
    team = await platform.createTeam('vision');
    ada = await platform.createPerson('ada', { teams: { vision: 'team_member' } });
  });
  afterEach(() => platform.close());

  const register = (source: ModelSource, more: Record<string, string> = {}) =>
    registry.registerModelVersion(platform.deps, ada, { team: 'vision', model: 'tiny', source, ...more });
  async function addUpload(
    more: { fileName?: string; isComplete?: boolean; teamId?: string } = {},
  ): Promise<ModelSource> {
    const id = randomUUID();
    const { fileName = 'tiny.gguf', isComplete = true, teamId = team.id } = more;
    const completedAt = isComplete ? platform.deps.now() : null;
    const sizes = { sizeBytes: 10n, receivedBytes: isComplete ? 10n : 4n };
    await platform.db.prisma.upload.create({
      data: { id, teamId, userId: ada.userId, purpose: 'model', fileName, completedAt, ...sizes },
    });
    return { kind: 'upload', uploadId: id };
  }

  it('registers a version of a new model, queues its import and shows no secret', async () => {
    const view = await register(HUB);
    expect(registryContract.registerModelVersion.output.parse(view)).toMatchObject({
      label: 'vision/tiny:1',
      status: 'pending',
      source: { kind: 'huggingface', address: 'owner/name/tiny.gguf@main' },
    });
    expect(JSON.stringify(view)).not.toContain('hf_secret');
    expect(await jobsOf(platform, 'model-import')).toEqual([view.id]);
    const audit = await platform.db.prisma.auditEntry.findFirstOrThrow({ where: { targetId: view.id } });
    expect(audit).toMatchObject({ action: 'registry.registerModelVersion', actor: ada.email });
    expect(JSON.stringify(audit.detail)).not.toContain('hf_secret');
  });

  it('numbers versions one by one, also when two are registered at the same moment', async () => {
    const views = await Promise.all([register(HUB), register(HUB), register(HUB)]);
    expect(views.map((view) => view.version).sort()).toEqual([1, 2, 3]);
  });

  it('answers with the version that is there when its bytes are expected again', async () => {
    const known = await addReadyVersion(platform, team);
    const view = await register(HUB, { expectedDigest: known.digest });
    expect(view).toMatchObject({ id: known.id, version: 1, status: 'ready' });
    expect(await jobsOf(platform, 'model-import')).toEqual([]);
  });

  it('takes a finished upload once', async () => {
    const upload = await addUpload();
    expect((await register(upload)).source).toEqual({ kind: 'upload', address: 'tiny.gguf' });
    await expect(register(upload)).rejects.toThrow('used already');
  });

  it('refuses an upload that is unfinished, foreign or badly named', async () => {
    await expect(register(await addUpload({ isComplete: false }))).rejects.toThrow('The upload has 4 of 10 bytes');
    const speech = await platform.createTeam('speech');
    await expect(register(await addUpload({ teamId: speech.id }))).rejects.toMatchObject({ code: 'not_found' });
    await expect(register(await addUpload({ fileName: '../tiny.gguf' }))).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(await platform.db.prisma.modelVersion.count()).toBe(0);
    expect(await platform.db.prisma.model.count()).toBe(0);
  });

  it('takes a path inside an allowed directory only, and tells nothing of others', async () => {
    const dir = join(platform.deps.dataDir, 'models');
    mkdirSync(dir);
    writeFileSync(join(dir, 'tiny.gguf'), 'x');
    expect((await register({ kind: 'path', path: join(dir, 'tiny.gguf') })).status).toBe('pending');
    for (const path of ['/etc/hostname', '/etc/absent', join(dir, '../../../etc/hostname'), 'tiny.gguf']) {
      await expect(register({ kind: 'path', path }), path).rejects.toThrow('that may be read: allowed is what lies in');
    }
  });

  it('refuses a repository file that leads out of it, and half of a key', async () => {
    await expect(register({ ...HUB, file: '../x.gguf' })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(register({ kind: 's3', uri: 's3://b/k', accessKeyId: 'id' })).rejects.toThrow('or neither');
  });

  it('shows models shared with everybody to other teams, who cannot change them', async () => {
    const shared = await addReadyVersion(platform, team, { model: 'shared', visibility: 'organisation' });
    const own = await addReadyVersion(platform, team, { model: 'own' });
    await platform.createTeam('speech');
    const bob = await platform.createPerson('bob', { teams: { speech: 'team_member' } });
    const { items } = await registry.listModels(platform.deps, bob, { team: 'speech' });
    expect(registryContract.listModels.output.parse({ items }).items.map((model) => model.name)).toEqual(['shared']);
    const versions = await registry.listDeployableVersions(platform.deps, bob, { team: 'speech' });
    expect(versions.items.map((version) => version.label)).toEqual(['vision/shared:1']);
    expect((await registry.getModel(platform.deps, bob, { team: 'speech', model: 'shared' })).team).toBe('vision');
    const read = (versionId: string) => registry.getModelVersion(platform.deps, bob, { team: 'speech', versionId });
    expect((await read(shared.id)).label).toBe('vision/shared:1');
    await expect(read(own.id)).rejects.toMatchObject({ code: 'not_found' });
    const remove = { team: 'speech', versionId: shared.id, confirm: 'shared:1' };
    await expect(registry.deleteModelVersion(platform.deps, bob, remove)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('retries a failed import, unless its key was forgotten', async () => {
    const { id } = await register({ ...HUB, token: undefined });
    const retry = () => registry.retryModelVersion(platform.deps, ada, { team: 'vision', versionId: id });
    await expect(retry()).rejects.toThrow('only a failed import can be retried');
    await platform.db.prisma.modelVersion.update({ where: { id }, data: { status: 'failed' } });
    expect(await retry()).toMatchObject({ status: 'pending' });
    await platform.db.prisma.modelVersion.update({
      where: { id },
      data: { status: 'failed', sourceSecret: { source: { ...HUB, token: undefined }, hadSecret: true } },
    });
    await expect(retry()).rejects.toThrow('register it again with the key');
  });

  it('deletes a version that nothing uses, and its bytes with the last one that has them', async () => {
    const artifact = await platform.deps.artifacts.put(once('bytes'));
    const one = await addReadyVersion(platform, team, { model: 'one' });
    const two = await addReadyVersion(platform, team, { model: 'two' });
    await platform.db.prisma.modelVersion.updateMany({ data: { digest: artifact.digest } });
    const remove = (versionId: string, confirm: string) =>
      registry.deleteModelVersion(platform.deps, ada, { team: 'vision', versionId, confirm });
    await expect(remove(one.id, 'wrong')).rejects.toThrow('Type one:1 to confirm');
    await remove(one.id, 'one:1');
    expect(await platform.deps.artifacts.has(artifact.digest)).toBe(true);
    await remove(two.id, 'vision/two:1');
    expect(await platform.deps.artifacts.has(artifact.digest)).toBe(false);
    await expect(remove(two.id, 'two:1')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps a version that an endpoint uses, until that endpoint is deleted', async () => {
    const version = await addReadyVersion(platform, team);
    await grantSlots(platform, team, 1);
    const input = servingContract.deployEndpoint.input.parse({ team: 'vision', name: 'chat', versionId: version.id });
    const endpoint = await deployEndpoint(platform.deps, ada, input);
    const address = { team: 'vision', versionId: version.id };
    expect((await registry.getModelVersion(platform.deps, ada, address)).usedByEndpoints).toMatchObject([
      { name: 'chat' },
    ]);
    const remove = () => registry.deleteModelVersion(platform.deps, ada, { ...address, confirm: 'tiny:1' });
    await expect(remove()).rejects.toThrow('is used by endpoint chat: delete that endpoint first');
    await deleteEndpoint(platform.deps, ada, { team: 'vision', endpoint: 'chat', confirm: 'chat' });
    const revisionId = endpoint.stable?.id ?? '';
    const replica = { id: `${revisionId}-0`, endpointId: endpoint.id, revisionId, ordinal: 0, status: 'scaling' };
    await platform.db.prisma.replica.create({ data: replica });
    await expect(remove()).rejects.toThrow('is still ending: try again in a moment');
    await platform.db.prisma.replica.deleteMany();
    await remove();
    expect(await platform.db.prisma.modelVersion.count()).toBe(0);
  });

  it('counts no import that turned out to be bytes known already', async () => {
    await addReadyVersion(platform, team);
    const { id } = await register(HUB);
    await platform.db.prisma.modelVersion.update({ where: { id }, data: { status: 'cancelled' } });
    const { items } = await registry.listModels(platform.deps, ada, { team: 'vision' });
    expect(items).toMatchObject([{ versionCount: 1, latestVersion: { version: 1 } }]);
  });

  async function* once(text: string) {
    yield new TextEncoder().encode(text);
  }
});
