export * from './export-costs.ts';
export * from './get-costs.ts';
export * from './list-prices.ts';
export * from './list-usage.ts';
export * from './set-price.ts';
