/** NativeLog keeps the last lines llama.cpp wrote, so that a failure can be explained in its own words. */
export class NativeLog {
  // A model load writes about 150 lines; the reason of a failure is among the last few warnings and errors.
  private static readonly maxLines = 400;
  private readonly lines: { level: number; text: string; serial: number }[] = [];
  private serial = 0;

  /** write adds one piece of text at a ggml log level (2 info, 3 warning, 4 error, 5 continues the last line). */
  write(level: number, text: string): void {
    const last = this.lines.at(-1);
    if (level === 5 && last !== undefined) {
      last.text += text;
      return;
    }
    this.serial += 1;
    this.lines.push({ level, text, serial: this.serial });
    if (this.lines.length > NativeLog.maxLines) this.lines.shift();
  }

  /** mark returns a position for problemsSince. */
  mark(): number {
    return this.serial;
  }

  /** problemsSince lists warnings and errors written after a mark, oldest first; errors only when there are any. */
  problemsSince(mark: number): string[] {
    const written = this.lines.filter((line) => line.serial > mark && line.level >= 3);
    const errors = written.filter((line) => line.level >= 4);
    return (errors.length > 0 ? errors : written).map((line) => line.text.trim()).filter((text) => text !== '');
  }

  /** tail lists the last lines of any level. */
  tail(count: number): string[] {
    return this.lines.slice(-count).map((line) => line.text.trimEnd());
  }
}
