import { listUserRecords } from '@slipway/db';
import type { accessContract } from '@slipway/domain/access';
import type { Verb } from '../shared/verb.ts';
import { toUserView } from './views.ts';

/** listUsers lists everybody. */
export const listUsers: Verb<typeof accessContract.listUsers> = async (deps, _actor, { search }) => {
  const users = await listUserRecords(deps.db.prisma, search);
  return { items: users.map((user) => toUserView(user, user.teams)) };
};
