export * from './contract.ts';
export * from './cost.ts';
export * from './cost-report.ts';
export * from './csv.ts';
export * from './meter-slots.ts';
export * from './money.ts';
export * from './price-book.ts';
