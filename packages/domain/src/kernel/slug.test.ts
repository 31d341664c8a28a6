import { expect, test } from 'vitest';
import { slugSchema } from './schemas.ts';
import { slugProblem } from './slug.ts';

test.each(['ab', 'a-b', '9lives', '', 'a', 'A b', '-ab', 'ab-', ' ab ', 'ä-b', 'a'.repeat(48), 'a'.repeat(49)])(
  'form and server agree on %j',
  (text) => {
    const parsed = slugSchema.safeParse(text);
    expect(slugProblem(text)).toBe(parsed.success ? null : parsed.error.issues[0]?.message);
  },
);
