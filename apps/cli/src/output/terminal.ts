import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from './io.ts';

/** createTerminal is the Io of a real process. */
export function createTerminal(): Io {
  const { stdin, stdout, stderr } = process;
  const ask = async (question: string, output: Writable): Promise<string | null> => {
    const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY });
    const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    try {
      return await Promise.race([lines.question(question), closed]);
    } finally {
      lines.close();
    }
  };
  return {
    out: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${text}\n`),
    progress(text) {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text}`);
    },
    readLine: (question) => ask(question, stderr),
    async readSecret(question) {
      stderr.write(question);
      // What is typed is echoed into nothing.
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const answer = await ask('', silent);
      stderr.write('\n');
      return answer ?? '';
    },
    async readAll() {
      if (stdin.isTTY) return null;
      let text = '';
      for await (const chunk of stdin) text += chunk;
      return text;
    },
  };
}
