import { expect, test } from 'vitest';
import { decisionText, durationText, requestCostMicros } from './request-status.ts';

test('a request costs slots times hours times price, and without a price nobody knows', () => {
  expect(requestCostMicros({ slots: 4, durationHours: 72, priceMicrosPerSlotHour: 20_000 })).toBe(5_760_000);
  expect(requestCostMicros({ slots: 4, durationHours: 72, priceMicrosPerSlotHour: null })).toBeNull();
});

test.each([
  [1, '1 hour'],
  [24, '1 day'],
  [36, '36 hours'],
  [168, '7 days'],
])('%i hours are written as %s', (hours, text) => {
  expect(durationText(hours)).toBe(text);
});

test('a decision says who and why', () => {
  expect(decisionText({ status: 'failed', decidedBy: 'ada@x.y', comment: 'Too long.' })).toBe(
    'Rejected by ada@x.y: Too long.',
  );
  expect(decisionText({ status: 'pending', decidedBy: null, comment: null })).toBe('Waits for an administrator');
});
