import { describe, expect, test } from 'vitest';
import { TenantShares } from './tenant-shares.ts';

describe('TenantShares', () => {
  test('who was given more stands behind, by weight', () => {
    const shares = new TenantShares(new Map([['gold', 2]]));
    for (const tenant of ['gold', 'plain']) shares.arrive(tenant);
    for (const tenant of ['gold', 'plain']) shares.charge(tenant, 100);
    expect(shares.servedTo('gold')).toBe(50);
    expect(shares.servedTo('plain')).toBe(100);
  });

  test('who comes back after a pause has saved nothing up', () => {
    const shares = new TenantShares();
    shares.arrive('busy');
    shares.charge('busy', 1000);
    shares.arrive('late');
    expect(shares.servedTo('late')).toBe(1000);
  });

  test('leaving and coming again does not wipe out what was taken', () => {
    const shares = new TenantShares();
    shares.arrive('steady');
    shares.arrive('greedy');
    shares.charge('greedy', 500);
    shares.leave('greedy');
    shares.arrive('greedy');
    expect(shares.servedTo('greedy')).toBe(500);
    expect(shares.servedTo('steady')).toBe(0);
  });

  test('nothing is remembered when nobody is there', () => {
    const shares = new TenantShares();
    shares.arrive('a');
    shares.charge('a', 7);
    shares.leave('a');
    expect(shares.servedTo('a')).toBe(0);
  });

  test('a weight must be above 0', () => {
    expect(() => new TenantShares(new Map([['a', 0]]))).toThrow(/above 0/);
  });
});
