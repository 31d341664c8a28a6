import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addToast, currentToasts, dismissToast, subscribeToToasts } from './toast-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});
const texts = () => currentToasts().map((item) => item.text);

test('a toast goes by itself, an error stays longer', () => {
  addToast({ text: 'Saved', tone: 'info' });
  addToast({ text: 'Refused', tone: 'error' });
  vi.advanceTimersByTime(5_000);
  expect(texts()).toEqual(['Refused']);
  vi.advanceTimersByTime(5_000);
  expect(texts()).toEqual([]);
});

test('a burst keeps the newest four', () => {
  for (const text of ['1', '2', '3', '4', '5']) addToast({ text, tone: 'info' });
  expect(texts()).toEqual(['2', '3', '4', '5']);
});

test('who shows them hears of every change until it stops listening', () => {
  let heard = 0;
  const stop = subscribeToToasts(() => {
    heard += 1;
  });
  addToast({ text: 'Saved', tone: 'info' });
  dismissToast(currentToasts()[0]?.id ?? -1);
  expect(heard).toBe(2);
  stop();
  addToast({ text: 'Unheard', tone: 'info' });
  expect(heard).toBe(2);
});
