import { listMembers, lockKey, type MemberRecord, type Tx } from '@slipway/db';
import { notFound } from '@slipway/domain';

/** lockMembers makes changes of one team's people happen one after the other, and reads one of them and the number of admins. */
export async function lockMembers(
  tx: Tx,
  teamId: string,
  userId: string,
): Promise<{ member: MemberRecord; adminCount: number }> {
  await lockKey(tx, `members:${teamId}`);
  const members = await listMembers(tx, teamId);
  const member = members.find((candidate) => candidate.userId === userId);
  if (member === undefined) throw notFound('There is no such person in this team.');
  return { member, adminCount: members.filter((candidate) => candidate.role === 'team_admin').length };
}
