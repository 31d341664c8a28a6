/** ProgramMessage is what a program tells the local driver over its IPC channel. */
export type ProgramMessage = { type: 'ready'; address: string | null } | { type: 'failed'; message: string };

/** parseProgramMessage reads one IPC message; anything else is null, since a program may use the channel for its own. */
export function parseProgramMessage(message: unknown): ProgramMessage | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  if (message.type === 'ready' && 'address' in message) {
    return {
      type: 'ready',
      address: typeof message.address === 'string' ? message.address : null,
    };
  }
  if (message.type === 'failed' && 'message' in message && typeof message.message === 'string') {
    return { type: 'failed', message: message.message.replaceAll('\0', '') };
  }
  return null;
}
