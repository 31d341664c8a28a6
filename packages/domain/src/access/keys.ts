/** API_KEY_PREFIX begins every key of the gateway. */
export const API_KEY_PREFIX = 'slp_';
/** ACCESS_TOKEN_PREFIX begins every personal access token. */
export const ACCESS_TOKEN_PREFIX = 'slpat_';

/** KeyTerms is what decides whether a key or token opens anything. */
export interface KeyTerms {
  expiresAt: Date | null;
  revokedAt: Date | null;
}

/** keyStatus is ready, expired, or cancelled when somebody revoked it. */
export function keyStatus(key: KeyTerms, now: Date): 'ready' | 'expired' | 'cancelled' {
  if (key.revokedAt !== null) return 'cancelled';
  return key.expiresAt !== null && key.expiresAt <= now ? 'expired' : 'ready';
}

/** InvitationTerms is what decides whether an invitation can be accepted. */
export interface InvitationTerms {
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
}

/** INVITATION_DAYS is long enough for a holiday week and short enough that a forgotten link goes stale. */
export const INVITATION_DAYS = 7;

/** invitationStatus is pending until it is accepted, cancelled or too old. */
export function invitationStatus(
  invitation: InvitationTerms,
  now: Date,
): 'pending' | 'succeeded' | 'expired' | 'cancelled' {
  if (invitation.acceptedAt !== null) return 'succeeded';
  if (invitation.cancelledAt !== null) return 'cancelled';
  return invitation.expiresAt <= now ? 'expired' : 'pending';
}
