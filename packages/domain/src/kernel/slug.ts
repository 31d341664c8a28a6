/** SLUG is the rule of a name that can stand in a URL, a Kubernetes label and a model id; plain values, so that a form need not load a schema library. */
export const SLUG = {
  minLength: { value: 2, message: 'Use at least 2 characters.' },
  maxLength: { value: 48, message: 'Use at most 48 characters.' },
  pattern: {
    value: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    message: 'Use lower-case letters, digits and hyphens; begin and end with a letter or digit.',
  },
} as const;

/** slugProblem says what is wrong with a name, or null; it holds exactly what slugSchema accepts. */
export function slugProblem(text: string): string | null {
  const name = text.trim();
  const { minLength, maxLength, pattern } = SLUG;
  if (name.length < minLength.value) return minLength.message;
  if (name.length > maxLength.value) return maxLength.message;
  return pattern.value.test(name) ? null : pattern.message;
}
