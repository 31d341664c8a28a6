import { expect, test } from 'vitest';
import { mergeClasses } from './merge-classes.ts';

const cases: Record<string, [string, string]> = {
  'the last height wins': ['h-8 px-3 h-10', 'px-3 h-10'],
  'a variant decides for itself': ['text-ink hover:text-ink-muted text-danger', 'hover:text-ink-muted text-danger'],
  'the same variant twice': ['hover:bg-surface hover:bg-accent', 'hover:bg-accent'],
  'size, colour and alignment of text are three things': [
    'text-sm text-ink text-left text-[13px] text-danger',
    'text-left text-[13px] text-danger',
  ],
  'a border and its colour are two things': [
    'border border-b-2 border-line border-accent',
    'border border-b-2 border-accent',
  ],
  'sides of padding are apart': ['p-4 px-3 px-0', 'p-4 px-0'],
  'a child selector is a variant': ['[&_svg]:size-4 size-3 [&_svg]:size-5', 'size-3 [&_svg]:size-5'],
  'arbitrary content stays': ['before:content-[attr(data-label)] sm:w-56', 'before:content-[attr(data-label)] sm:w-56'],
  'unknown classes stay': ['truncate numeric truncate', 'numeric truncate'],
  'margins below zero': ['mt-2 -mt-1', '-mt-1'],
};

test.each(Object.entries(cases))('%s', (_name, [given, expected]) => {
  expect(mergeClasses(given)).toBe(expected);
});
