import { describe, expect, it } from 'vitest';
import {
  decidePromotion,
  decideRollback,
  decideShift,
  decideStart,
  type RevisionChange,
  type RolloutRevision,
  requirePair,
} from './decide-rollout.ts';

const revision = (id: string, role: RolloutRevision['role'], weightPercent: number, replicas = 2): RolloutRevision => ({
  id,
  role,
  weightPercent,
  replicas,
  versionId: `version-${id}`,
  versionLabel: `vision/tiny:${id}`,
});
const apply = (revisions: RolloutRevision[], changes: RevisionChange[]): RolloutRevision[] =>
  revisions.map((r) => ({ ...r, ...changes.find((change) => change.id === r.id) }));
const sumOf = (revisions: readonly { weightPercent: number }[]) =>
  revisions.reduce((sum, r) => sum + r.weightPercent, 0);

describe('a rollout', () => {
  it('keeps one stable revision, at most one canary and shares of 100 % through any sequence of decisions', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    let revisions = [revision('1', 'stable', 100)];
    for (let step = 0; step < 2_000; step += 1) {
      const canary = revisions.find((r) => r.role === 'canary');
      if (canary === undefined) {
        const id = String(revisions.length + 1);
        const decision = decideStart({ revisions, version: { id: `version-${id}`, label: id }, percent: random(101) });
        revisions = [...apply(revisions, [decision.stable]), revision(id, 'canary', decision.canaryPercent, 1)];
      } else {
        const pair = requirePair(revisions);
        const choices = [
          () => decideShift(pair, random(101)),
          () => decidePromotion(pair, 1),
          () => decideRollback(pair),
        ];
        revisions = apply(revisions, choices[random(3)]?.() ?? []);
      }
      expect(sumOf(revisions)).toBe(100);
      expect(revisions.filter((r) => r.role === 'stable')).toHaveLength(1);
      expect(revisions.filter((r) => r.role === 'canary').length).toBeLessThanOrEqual(1);
      expect(revisions.every((r) => r.role !== 'retired' || r.weightPercent === 0)).toBe(true);
    }
  });

  it('promotes to at least as many replicas as the stable revision had', () => {
    const pair = { stable: revision('1', 'stable', 90, 3), canary: revision('2', 'canary', 10, 1) };
    expect(decidePromotion(pair, 1)).toEqual([
      { id: '2', role: 'stable', weightPercent: 100, replicas: 3 },
      { id: '1', role: 'retired', weightPercent: 0, replicas: 3 },
    ]);
    expect(() => decidePromotion(pair, 0)).toThrow('The canary has no ready replica');
  });

  const refused: [string, RolloutRevision[], string, RegExp][] = [
    [
      'a second canary',
      [revision('1', 'stable', 90), revision('2', 'canary', 10)],
      'version-3',
      /A canary with vision\/tiny:2 is running/,
    ],
    ['the version that is stable', [revision('1', 'stable', 100)], 'version-1', /serves already/],
    ['a canary of a paused endpoint', [revision('1', 'stable', 100, 0)], 'version-2', /scaled to 0/],
    ['a canary without a stable revision', [revision('1', 'retired', 0)], 'version-2', /no stable revision/],
  ];
  it.each(refused)('refuses %s', (_sentence, revisions, id, message) => {
    expect(() => decideStart({ revisions, version: { id, label: 'it' }, percent: 10 })).toThrow(message);
  });

  it('says so when there is no canary to decide about', () => {
    expect(() => requirePair([revision('1', 'stable', 100)])).toThrow('No canary is running');
  });
});
