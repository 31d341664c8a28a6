/** toMicros is a price as the API tells it; an unknown price stays unknown. */
export function toMicros(amountMicros: bigint | null): number | null {
  return amountMicros === null ? null : Number(amountMicros);
}
