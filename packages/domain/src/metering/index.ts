export * from './contract.ts';
export * from './cost.ts';
export * from './money.ts';
export * from './price-book.ts';
