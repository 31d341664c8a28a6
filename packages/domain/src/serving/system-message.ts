import { z } from 'zod';
import { SYSTEM_MESSAGE_LIMIT } from './system-message-limit.ts';

/** systemMessageSchema is put before chats that have no system message; empty means none. */
export const systemMessageSchema = z
  .string()
  .trim()
  .max(SYSTEM_MESSAGE_LIMIT.value, SYSTEM_MESSAGE_LIMIT.message)
  // Postgres text cannot hold it.
  .refine((text) => !text.includes('\0'), 'Leave out the NUL character.');
