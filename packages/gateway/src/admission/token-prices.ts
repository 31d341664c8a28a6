import { type PriceEntry, type TokenPrices, tokenPriceAt } from '@slipway/domain/metering';

/** findTokenPrices is what a model's tokens cost at an instant, or which price is missing: nothing is free by accident. */
export function findTokenPrices(
  entries: readonly PriceEntry[],
  modelName: string,
  at: Date,
): TokenPrices | { missing: 'prompt tokens' | 'completion tokens' } {
  const promptPriceMicros = tokenPriceAt(entries, { kind: 'prompt_tokens', modelName }, at);
  if (promptPriceMicros === null) return { missing: 'prompt tokens' };
  const completionPriceMicros = tokenPriceAt(entries, { kind: 'completion_tokens', modelName }, at);
  if (completionPriceMicros === null) return { missing: 'completion tokens' };
  return { promptPriceMicros, completionPriceMicros };
}
