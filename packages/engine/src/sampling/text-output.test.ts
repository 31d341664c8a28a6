import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';
import { TextOutput } from './text-output.ts';

function run(parts: (string | Uint8Array)[], stops: string[] = []): { shown: string[]; stop: string | null } {
  const output = new TextOutput(stops);
  const shown: string[] = [];
  let stop: string | null = null;
  for (const part of parts) {
    const piece = output.push(typeof part === 'string' ? Buffer.from(part) : part);
    shown.push(piece.text);
    stop ??= piece.stop;
  }
  shown.push(output.finish().text);
  return { shown, stop };
}

describe('TextOutput', () => {
  const cases: Record<string, { parts: (string | Uint8Array)[]; stops?: string[]; shown: string[]; stop?: string }> = {
    'text passes as it comes': { parts: ['a', 'b'], shown: ['a', 'b', ''] },
    'a character is held until its last byte': {
      parts: [Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x99, 0x82), 'x'],
      shown: ['', '🙂', 'x', ''],
    },
    'a character that never ends becomes a replacement at the end': {
      parts: ['a', Uint8Array.of(0xf0, 0x9f)],
      shown: ['a', '', '\uFFFD'],
    },
    'a byte order mark is text like any other': { parts: ['\uFEFFa'], shown: ['\uFEFFa', ''] },
    'a stop string within one piece cuts it': {
      parts: ['one STOP two'],
      stops: ['STOP'],
      shown: ['one ', ''],
      stop: 'STOP',
    },
    'a stop string across pieces is never shown': {
      parts: ['one S', 'TO', 'P two'],
      stops: ['STOP'],
      shown: ['one ', '', '', ''],
      stop: 'STOP',
    },
    'what only looked like a stop string is shown later': {
      parts: ['S', 'T', 'x'],
      stops: ['STOP'],
      shown: ['', '', 'STx', ''],
    },
    'a beginning of a stop string is shown at the end': { parts: ['a ST'], stops: ['STOP'], shown: ['a ', 'ST'] },
    'the earliest of several stop strings counts': {
      parts: ['a b c'],
      stops: ['c', 'b'],
      shown: ['a ', ''],
      stop: 'b',
    },
    'a repeated beginning does not hide the stop string': {
      parts: ['aa', 'ab'],
      stops: ['aab'],
      shown: ['', 'a', ''],
      stop: 'aab',
    },
    'an empty stop string is none': { parts: ['a'], stops: [''], shown: ['a', ''] },
  };
  test.each(Object.entries(cases))('%s', (_, { parts, stops, shown, stop }) => {
    expect(run(parts, stops)).toEqual({ shown, stop: stop ?? null });
  });

  test('however a text is cut into bytes, the same text comes out and no piece holds half a character', () => {
    const text = 'grüße 🙂👩‍👩‍👧 naïve 日本語 end';
    const bytes = Buffer.from(text);
    for (let seed = 0; seed < 50; seed += 1) {
      const random = createRandom(seed);
      const parts: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + Math.floor(random() * 5);
        parts.push(bytes.subarray(at, at + length));
        at += length;
      }
      const { shown } = run(parts, ['<|never|>']);
      expect(shown.join('')).toBe(text);
      for (const piece of shown) expect(piece.isWellFormed() && !piece.includes('\uFFFD')).toBe(true);
    }
  });
});
