/** SYSTEM_MESSAGE_LIMIT is about a thousand tokens: every chat pays for them. It stands apart from the schema, so that a form need not load it. */
export const SYSTEM_MESSAGE_LIMIT = { value: 4_000, message: 'Use at most 4,000 characters.' } as const;
