/** PASSWORD_RULES are the rules of a new password, for forms that must stay light. */
export const PASSWORD_RULES = {
  minLength: { value: 12, message: 'Use at least 12 characters.' },
  maxLength: { value: 200, message: 'Use at most 200 characters.' },
  required: 'Use at least 12 characters.',
};
