import { toNestErrors } from '@hookform/resolvers';
import type { FieldValues, Resolver } from 'react-hook-form';
import type { Problems } from './field-problems.ts';

/** checkResolver validates a form with a plain function, for pages that must not load a schema library before they are painted. */
export function checkResolver<Values extends FieldValues>(check: (values: Values) => Problems): Resolver<Values> {
  return (values, _context, options) => {
    const found = Object.entries(check(values));
    if (found.length === 0) return { values, errors: {} };
    const errors = Object.fromEntries(found.map(([path, message]) => [path, { type: 'check', message }]));
    return { values: {}, errors: toNestErrors<Values>(errors as Parameters<typeof toNestErrors<Values>>[0], options) };
  };
}
