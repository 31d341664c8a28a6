import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLocalArtifactStore,
  type Database,
  findTeam,
  insertTeam,
  insertUser,
  type TeamRecord,
  upsertMember,
} from '@slipway/db';
import { openMigratedDatabase } from '@slipway/db/testing';
import type { Actor, PlatformRole, TeamRole } from '@slipway/domain/access';
import { loadActor, seedFirstRun } from '../access/index.ts';
import { registerCluster } from '../catalog/index.ts';
import type { Deps } from '../deps.ts';

/** ADMIN_PASSWORD is the administrator's of every test platform. */
export const ADMIN_PASSWORD = 'correct horse battery';

/** TestPlatform is a fresh installation with a clock that the test moves. */
export interface TestPlatform {
  deps: Deps;
  db: Database & { url: string };
  admin: Actor;
  setNow(now: Date): void;
  /** createTeam adds a team with nobody in it. */
  createTeam(slug: string): Promise<TeamRecord>;
  /** createPerson adds a person (without a usable password) and gives them as an actor. */
  createPerson(name: string, roles?: { platform?: PlatformRole; teams?: Record<string, TeamRole> }): Promise<Actor>;
  close(): Promise<void>;
}

/** openTestPlatform seeds the first run at `start` and registers a local cluster of 4 CPU slots, 2 of them granted to team "platform". Only for `*.db.test.ts`. */
export async function openTestPlatform(start = new Date('2026-03-01T12:00:00Z')): Promise<TestPlatform> {
  const db = await openMigratedDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-test-data-'));
  let now = start;
  const deps: Deps = {
    db,
    artifacts: createLocalArtifactStore(dataDir),
    dataDir,
    now: () => now,
    gatewayUrl: 'http://127.0.0.1:8080',
    allowedModelPaths: [dataDir],
  };
  await seedFirstRun(deps, { adminEmail: 'admin@example.com', adminPassword: ADMIN_PASSWORD });
  const flavor = { name: 'cpu', kind: 'cpu' as const, model: 'Test CPU', memoryBytes: null, migProfile: null };
  await registerCluster(deps, {
    name: 'local',
    driver: 'local',
    machine: null,
    flavors: [{ ...flavor, totalSlots: 4 }],
  });
  const adminRow = await db.prisma.user.findUniqueOrThrow({ where: { email: 'admin@example.com' } });
  return {
    deps,
    db,
    admin: await requireActor(deps, adminRow.id),
    setNow: (next) => {
      now = next;
    },
    createTeam: (slug) => insertTeam(db.prisma, { id: randomUUID(), slug, name: `Team ${slug}`, createdAt: now }),
    createPerson: async (name, roles = {}) => {
      const person = { id: randomUUID(), email: `${name}@example.com`, name, mustChangePassword: false };
      const platformRole = roles.platform ?? 'user';
      const user = await insertUser(db.prisma, { ...person, platformRole, passwordHash: 'unusable', now });
      for (const [slug, role] of Object.entries(roles.teams ?? {})) {
        const team = await findTeam(db.prisma, { slug });
        if (team === null) throw new Error(`no team ${slug}`);
        await upsertMember(db.prisma, { teamId: team.id, userId: user.id, role, now });
      }
      return requireActor(deps, user.id);
    },
    close: async () => {
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function requireActor(deps: Deps, userId: string): Promise<Actor> {
  const actor = await loadActor(deps, userId);
  if (actor === null) throw new Error('no such person');
  return actor;
}
