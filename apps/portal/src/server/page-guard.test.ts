import { PLATFORM_GRANTS } from '@slipway/domain/access';
import { expect, test } from 'vitest';
import { isPageVisible } from './page-guard.ts';

const user = { platformPermissions: PLATFORM_GRANTS.user, teams: [{ slug: 'vision' }] };
const finops = { platformPermissions: PLATFORM_GRANTS.finops, teams: [] };
const admin = { platformPermissions: PLATFORM_GRANTS.platform_admin, teams: [{ slug: 'vision' }] };
const cases: Record<string, [typeof user, string, boolean]> = {
  'a member opens their team': [user, '/teams/vision/quota', true],
  'and no other': [user, '/teams/speech/quota', false],
  'nor one whose name begins alike': [user, '/teams/visionary', false],
  'everybody opens home, clusters and prices': [user, '/admin/prices', true],
  'a member decides nothing': [user, '/requests/1', false],
  'a member reads no audit trail': [user, '/admin/audit', false],
  'FinOps reads costs': [finops, '/costs', true],
  'FinOps manages nobody': [finops, '/admin/people', false],
  'an administrator opens all': [admin, '/requests', true],
};

test.each(Object.entries(cases))('%s', (_name, [me, path, expected]) => {
  expect(isPageVisible(me, path)).toBe(expected);
});
