/** REQUEST_FILTERS are the chips of a list of requests. */
export const REQUEST_FILTERS = [
  { value: 'pending', label: 'Pending' },
  { value: 'succeeded', label: 'Succeeded' },
  { value: 'failed', label: 'Failed' },
  { value: 'cancelled', label: 'Cancelled' },
] as const;
/** RequestStatus is the status of a request. */
export type RequestStatus = (typeof REQUEST_FILTERS)[number]['value'];
/** REQUEST_STATUS_VALUES are the words in the address. */
export const REQUEST_STATUS_VALUES: RequestStatus[] = REQUEST_FILTERS.map((filter) => filter.value);

/** decisionText says who decided and why, or what a request waits for. */
export function decisionText(request: {
  status: RequestStatus;
  decidedBy: string | null;
  comment: string | null;
}): string {
  const words = {
    pending: 'Waits for an administrator',
    succeeded: `Approved by ${request.decidedBy ?? 'an administrator'}`,
    failed: `Rejected by ${request.decidedBy ?? 'an administrator'}`,
    cancelled: 'Withdrawn',
  }[request.status];
  return request.comment === null || request.comment === '' ? words : `${words}: ${request.comment}`;
}

/** requestCostMicros is what slots for a time cost at most; null without a price. */
export function requestCostMicros(request: {
  slots: number;
  durationHours: number;
  priceMicrosPerSlotHour: number | null;
}): number | null {
  const { slots, durationHours, priceMicrosPerSlotHour } = request;
  return priceMicrosPerSlotHour === null ? null : slots * durationHours * priceMicrosPerSlotHour;
}

const HOURS_PER_DAY = 24;

/** durationText writes hours as whole days where they are. */
export function durationText(hours: number): string {
  const isWholeDays = hours % HOURS_PER_DAY === 0;
  const amount = isWholeDays ? hours / HOURS_PER_DAY : hours;
  const unit = isWholeDays ? 'day' : 'hour';
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

/** slotsText counts slots of a flavour. */
export function slotsText(slots: number, flavor: string): string {
  return `${slots} ${flavor} slot${slots === 1 ? '' : 's'}`;
}
