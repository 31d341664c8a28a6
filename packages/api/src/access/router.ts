import { accessContract as contract } from '@slipway/domain/access';
import * as verbs from '@slipway/use-cases/access';
import { router } from '../trpc.ts';
import { mutation, publicMutation, publicQuery, query } from '../verb.ts';

/** accessRouter is the noun access over tRPC and REST. */
export const accessRouter = router({
  me: query(contract.me, verbs.me),
  login: publicMutation(contract.login, verbs.login),
  listTeams: query(contract.listTeams, verbs.listTeams),
  createTeam: mutation(contract.createTeam, verbs.createTeam),
  getTeam: query(contract.getTeam, verbs.getTeam),
  inviteMember: mutation(contract.inviteMember, verbs.inviteMember),
  cancelInvitation: mutation(contract.cancelInvitation, verbs.cancelInvitation),
  getInvitation: publicQuery(contract.getInvitation, verbs.getInvitation),
  acceptInvitation: publicMutation(contract.acceptInvitation, verbs.acceptInvitation),
  setMemberRole: mutation(contract.setMemberRole, verbs.setMemberRole),
  removeMember: mutation(contract.removeMember, verbs.removeMember),
  listUsers: query(contract.listUsers, verbs.listUsers),
  setPlatformRole: mutation(contract.setPlatformRole, verbs.setPlatformRole),
  listApiKeys: query(contract.listApiKeys, verbs.listApiKeys),
  createApiKey: mutation(contract.createApiKey, verbs.createApiKey),
  revokeApiKey: mutation(contract.revokeApiKey, verbs.revokeApiKey),
  listAccessTokens: query(contract.listAccessTokens, verbs.listAccessTokens),
  createAccessToken: mutation(contract.createAccessToken, verbs.createAccessToken),
  revokeAccessToken: mutation(contract.revokeAccessToken, verbs.revokeAccessToken),
  listAudit: query(contract.listAudit, verbs.listAudit),
});
