/** TextPiece is text that may be shown; `stop` names the stop string that ended the output. */
export interface TextPiece {
  text: string;
  stop: string | null;
}

/**
 * TextOutput turns the bytes of tokens into text: it holds back a character until all its bytes are there, and text that
 * may be the beginning of a stop string until it is clear that it is not.
 */
export class TextOutput {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private readonly stops: readonly string[];
  private held = '';
  /** isMidCharacter says that the decoder holds the beginning of a character. */
  private isMidCharacter = false;
  private isStopped = false;

  constructor(stops: readonly string[]) {
    this.stops = stops.filter((stop) => stop !== '');
  }

  /** push adds the bytes of one token; `text` spares decoding them where they are known to be whole characters. */
  push(bytes: Uint8Array, text: string | null = null): TextPiece {
    if (text !== null && !this.isMidCharacter) return this.add(text, false);
    const decoded = this.decoder.decode(bytes, { stream: true });
    this.isMidCharacter = text === null && bytes.length > 0;
    return this.add(decoded, false);
  }

  /** finish returns what was held back; a character that never became whole is U+FFFD. */
  finish(): TextPiece {
    return this.add(this.decoder.decode(), true);
  }

  private add(text: string, isLast: boolean): TextPiece {
    if (this.isStopped) return { text: '', stop: null };
    if (this.stops.length === 0) return { text, stop: null };
    this.held += text;
    const found = this.findStop();
    if (found !== null) {
      const shown = this.held.slice(0, found.at);
      this.held = '';
      this.isStopped = true;
      return { text: shown, stop: found.stop };
    }
    const keep = isLast ? 0 : this.possibleStopLength();
    const shown = this.held.slice(0, this.held.length - keep);
    this.held = this.held.slice(this.held.length - keep);
    return { text: shown, stop: null };
  }

  private findStop(): { at: number; stop: string } | null {
    let found: { at: number; stop: string } | null = null;
    for (const stop of this.stops) {
      const at = this.held.indexOf(stop);
      if (at >= 0 && (found === null || at < found.at)) found = { at, stop };
    }
    return found;
  }

  /** possibleStopLength is the length of the longest end of the held text with which a stop string begins. */
  private possibleStopLength(): number {
    let longest = 0;
    for (const stop of this.stops) {
      for (let length = Math.min(stop.length - 1, this.held.length); length > longest; length -= 1) {
        if (this.held.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
