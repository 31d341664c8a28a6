import { z } from 'zod';

/** systemMessageSchema is put before chats that have no system message; empty means none. Its limit is about a thousand tokens: every such chat pays for them. */
export const systemMessageSchema = z
  .string()
  .trim()
  .max(4_000, 'Use at most 4,000 characters.')
  // Postgres text cannot hold it.
  .refine((text) => !text.includes('\0'), 'Leave out the NUL character.');
