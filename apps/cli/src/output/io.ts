/** Io is where a command reads and writes; tests have their own. */
export interface Io {
  out(text: string): void;
  /** note is for people who watch, not for what comes after in a pipe. */
  note(text: string): void;
  /** progress replaces the line before on a terminal; elsewhere it says nothing. */
  progress(text: string): void;
  /** readLine asks on the terminal; null at the end of input. */
  readLine(question: string): Promise<string | null>;
  readSecret(question: string): Promise<string>;
  /** readAll is all of a piped standard input, or null on a terminal. */
  readAll(): Promise<string | null>;
}
