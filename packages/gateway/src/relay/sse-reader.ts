import { StringDecoder } from 'node:string_decoder';

/** SseEvent is one server-sent event; data is null for comments and other fields. */
export interface SseEvent {
  data: string | null;
  /** raw is the event as it came, without the blank line. */
  raw: string;
}

/** MAX_EVENT_CHARS bounds what one event may make the gateway hold. */
const MAX_EVENT_CHARS = 4_000_000;

/** createSseReader cuts a byte stream into events, wherever the network cut it. */
export function createSseReader(): { push(chunk: Buffer): SseEvent[] } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    push(chunk) {
      let text = rest + decoder.write(chunk);
      // A lone CR at the end may be half of a CRLF.
      const heldCr = text.endsWith('\r');
      if (text.includes('\r')) text = (heldCr ? text.slice(0, -1) : text).replaceAll('\r\n', '\n');
      const events: SseEvent[] = [];
      let from = 0;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', from)) {
        const raw = text.slice(from, end);
        if (raw !== '') events.push({ raw, data: dataOf(raw) });
        from = end + 2;
      }
      rest = text.slice(from) + (heldCr ? '\r' : '');
      if (rest.length > MAX_EVENT_CHARS) throw new Error('An event of the stream is too long.');
      return events;
    },
  };
}

function dataOf(raw: string): string | null {
  if (!raw.includes('\n')) return raw.startsWith('data:') ? stripSpace(raw.slice(5)) : null;
  const lines = raw.split('\n').filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? null : lines.map((line) => stripSpace(line.slice(5))).join('\n');
}

const stripSpace = (value: string) => (value.startsWith(' ') ? value.slice(1) : value);
