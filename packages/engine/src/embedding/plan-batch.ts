/** PendingRequest is a request with inputs that are still to be computed. */
export interface PendingRequest {
  id: number;
  /** lengths are the token counts of those inputs, in order. */
  lengths: readonly number[];
}

/** BatchLimits are what one batch can hold. */
export interface BatchLimits {
  batchTokens: number;
  maxInputs: number;
}

/**
 * planBatch says how many of its next inputs each request gets into the batch. Requests take turns in the order given, one
 * input a turn, so that a small request is not kept waiting by a large one; a request whose next input has no room is done.
 */
export function planBatch(requests: readonly PendingRequest[], limits: BatchLimits): Map<number, number> {
  const taken = new Map<number, number>();
  let roomTokens = limits.batchTokens;
  let roomInputs = limits.maxInputs;
  let inTurn = requests;
  while (inTurn.length > 0 && roomInputs > 0) {
    inTurn = inTurn.filter(({ id, lengths }) => {
      const count = taken.get(id) ?? 0;
      const length = lengths[count];
      if (length === undefined || length > roomTokens || roomInputs === 0) return false;
      taken.set(id, count + 1);
      roomTokens -= length;
      roomInputs -= 1;
      return true;
    });
  }
  return taken;
}
