/** ToolCall is a function the model wants called; `arguments` is JSON text, as in OpenAI's API. */
export interface ToolCall {
  name: string;
  arguments: string;
}

/** ToolOutput is what a piece of text turned out to be. */
export interface ToolOutput {
  content: string;
  calls: ToolCall[];
}

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';

/**
 * ToolCallReader finds tool calls in the text of an answer: `<tool_call>{...}</tool_call>` as Qwen and Hermes models write
 * them, or an answer that is one JSON object with a name and arguments or parameters, as Llama models write it.
 */
export class ToolCallReader {
  private readonly toolNames: ReadonlySet<string>;
  private held = '';
  private hasContent = false;
  private isAfterCall = false;

  constructor(toolNames: Iterable<string>) {
    this.toolNames = new Set(toolNames);
  }

  /** push takes the next text and returns what is certain by now. */
  push(text: string): ToolOutput {
    this.held += text;
    // Blanks after a call only separate it from the next one.
    if (this.isAfterCall) this.held = this.held.trimStart();
    if (this.held !== '') this.isAfterCall = false;
    const output: ToolOutput = { content: '', calls: [] };
    if (this.mayBeBareCall()) return output;
    while (true) {
      const open = this.held.indexOf(OPEN);
      if (open < 0) {
        const keep = possiblePrefixLength(this.held, OPEN);
        output.content += this.take(this.held.length - keep);
        return output;
      }
      const close = this.held.indexOf(CLOSE, open);
      if (close < 0) {
        output.content += this.take(open);
        return output;
      }
      output.content += this.take(open);
      const inner = this.held.slice(OPEN.length, close - open);
      const call = this.parse(inner);
      if (call === null) output.content += this.take(close - open + CLOSE.length);
      else {
        output.calls.push(call);
        this.held = this.held.slice(CLOSE.length + inner.length + OPEN.length).trimStart();
        this.isAfterCall = this.held === '';
      }
    }
  }

  /** finish returns the rest; a call that was never closed but is whole counts. */
  finish(): ToolOutput {
    const text = this.held;
    this.held = '';
    const call = this.parse(text.startsWith(OPEN) ? text.slice(OPEN.length) : text);
    if (call !== null && (text.startsWith(OPEN) || !this.hasContent)) return { content: '', calls: [call] };
    return { content: text, calls: [] };
  }

  private mayBeBareCall(): boolean {
    return !this.hasContent && (this.held.trim() === '' || this.held.trimStart().startsWith('{'));
  }

  private take(length: number): string {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    if (text.trim() !== '') this.hasContent = true;
    return text;
  }

  private parse(text: string): ToolCall | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return null;
    }
    if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string')
      return null;
    if (!this.toolNames.has(value.name)) return null;
    const given = 'arguments' in value ? value.arguments : 'parameters' in value ? value.parameters : {};
    return { name: value.name, arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}) };
  }
}

function possiblePrefixLength(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
