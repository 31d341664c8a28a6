import { TrainingError } from './training-error.ts';

/** ChatMessage is one turn of a conversation in a data set. */
export interface ChatMessage {
  role: string;
  content: string;
}

/** DatasetDocument is one piece of training data: plain text, or a conversation that the model's chat template renders. */
export type DatasetDocument = { text: string } | { messages: ChatMessage[] };

/** parseDataset reads the bytes of a .txt or .jsonl file and throws a TrainingError that names the wrong line. */
export function parseDataset(fileName: string, bytes: Uint8Array): DatasetDocument[] {
  const text = decodeUtf8(fileName, bytes);
  if (text.trim() === '') throw new TrainingError(`The data set ${fileName} is empty`);
  if (fileName.endsWith('.jsonl')) return parseLines(fileName, text);
  if (fileName.endsWith('.txt')) return [{ text }];
  throw new TrainingError(`The data set ${fileName} must be a .txt or .jsonl file`);
}

function decodeUtf8(fileName: string, bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new TrainingError(`The data set ${fileName} is not UTF-8 text`);
  }
  // Binary formats are often valid UTF-8 by accident, but text never holds NUL.
  if (text.includes('\0')) throw new TrainingError(`The data set ${fileName} holds NUL bytes, so it is not text`);
  return text;
}

function parseLines(fileName: string, text: string): DatasetDocument[] {
  const documents: DatasetDocument[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') documents.push(parseLine(line, `${fileName} line ${index + 1}`));
  }
  return documents;
}

function parseLine(line: string, place: string): DatasetDocument {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new TrainingError(`${place} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value === 'object' && value !== null) {
    if ('text' in value && typeof value.text === 'string') return { text: value.text };
    if ('messages' in value && Array.isArray(value.messages)) {
      return {
        messages: value.messages.map((message, index) => parseMessage(message, `${place}, message ${index + 1}`)),
      };
    }
  }
  throw new TrainingError(`${place} must be an object with "text" (a string) or "messages" (a list)`);
}

function parseMessage(value: unknown, place: string): ChatMessage {
  if (typeof value === 'object' && value !== null && 'role' in value && 'content' in value) {
    const { role, content } = value;
    if (typeof role === 'string' && typeof content === 'string') return { role, content };
  }
  throw new TrainingError(`${place} must have "role" and "content", both strings`);
}
