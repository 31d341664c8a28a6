import { conflict } from '../kernel/errors.ts';

/** QuotaGrantTerms is what decides whether a grant counts at an instant. */
export interface QuotaGrantTerms {
  slots: number;
  status: string;
  startsAt: Date;
  endsAt: Date | null;
}

/** isGrantInForce says whether a grant counts now. */
export function isGrantInForce(grant: QuotaGrantTerms, now: Date): boolean {
  return grant.status === 'ready' && grant.startsAt <= now && (grant.endsAt === null || now < grant.endsAt);
}

/** sumGrantedSlots is how many slots grants in force give. */
export function sumGrantedSlots(grants: readonly QuotaGrantTerms[], now: Date): number {
  return grants.reduce((sum, grant) => sum + (isGrantInForce(grant, now) ? grant.slots : 0), 0);
}

/** SlotQuestion is what a team has and what it wants of one flavour. */
export interface SlotQuestion {
  teamSlug: string;
  flavorName: string;
  grantedSlots: number;
  /** usedSlots is what the team's endpoints and runs hold now. */
  usedSlots: number;
  /** neededSlots is how many more the change takes. */
  neededSlots: number;
}

/** SlotDecision is whether the team may take the slots, and, when not, the sentence that says so. */
export type SlotDecision = { isAllowed: true; remainingSlots: number } | { isAllowed: false; message: string };

/** decideSlots lets a team use at most what it is granted. Taking nothing is always allowed, so that one can scale down when over quota. */
export function decideSlots(question: SlotQuestion): SlotDecision {
  const { teamSlug, flavorName, grantedSlots, usedSlots, neededSlots } = question;
  const remainingSlots = grantedSlots - usedSlots - neededSlots;
  if (neededSlots <= 0 || remainingSlots >= 0) return { isAllowed: true, remainingSlots };
  return {
    isAllowed: false,
    message:
      `Team ${teamSlug} uses ${usedSlots} of ${grantedSlots} granted ${flavorName} slots; this needs ${neededSlots} more. ` +
      `Request quota at /teams/${teamSlug}/quota or with \`slipway quota request\`.`,
  };
}

/** requireSlots throws a conflict with the sentence of decideSlots when the team may not take the slots. */
export function requireSlots(question: SlotQuestion): void {
  const decision = decideSlots(question);
  if (!decision.isAllowed) throw conflict(decision.message);
}
