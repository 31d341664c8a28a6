// What the page shows of a data set before one downloads it.
const PREVIEW_LINES = 20;
const PREVIEW_CHARACTERS = 500;
// A list of wrong lines longer than this helps nobody.
const MOST_PROBLEMS = 5;

/** DatasetFile is what the bytes of a data set are; or every reason, with line numbers, why they are none. */
export type DatasetFile =
  | { isValid: true; format: 'text' | 'jsonl'; lineCount: number; preview: string[] }
  | { isValid: false; problems: string[] };

/** readDatasetFile checks that bytes are UTF-8 text; a name ending in .jsonl, or a first line that is a JSON object, makes every line a document. */
export function readDatasetFile(fileName: string, bytes: Uint8Array): DatasetFile {
  const text = decode(bytes);
  if (text === null) return { isValid: false, problems: ['It is not UTF-8 text: save it as UTF-8 first.'] };
  if (text.includes('\0')) return { isValid: false, problems: ['It holds NUL bytes, so it is not text.'] };
  if (text.trim() === '') return { isValid: false, problems: ['It is empty.'] };
  const lines = text.split('\n');
  const isJsonl = fileName.toLowerCase().endsWith('.jsonl') || looksLikeJsonl(lines);
  const problems = isJsonl ? jsonlProblems(lines) : [];
  if (problems.length > 0) return { isValid: false, problems };
  const filled = lines.filter((line) => line.trim() !== '');
  return {
    isValid: true,
    format: isJsonl ? 'jsonl' : 'text',
    lineCount: filled.length,
    preview: filled.slice(0, PREVIEW_LINES).map((line) => line.slice(0, PREVIEW_CHARACTERS).replace(/\r$/, '')),
  };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function looksLikeJsonl(lines: readonly string[]): boolean {
  const first = lines.find((line) => line.trim() !== '');
  return first !== undefined && problemOf(first) === null;
}

function jsonlProblems(lines: readonly string[]): string[] {
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const problem = problemOf(line);
    if (problem === null) continue;
    if (problems.length === MOST_PROBLEMS) return [...problems, 'There are more wrong lines after these.'];
    problems.push(`Line ${index + 1} ${problem}.`);
  }
  return problems;
}

function problemOf(line: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (!isRecord(value)) return 'is not a JSON object';
  if ('text' in value) return typeof value.text === 'string' ? null : 'has a "text" that is no string';
  if (!('messages' in value)) return 'has neither "text" nor "messages"';
  if (!Array.isArray(value.messages) || value.messages.length === 0)
    return 'has "messages" that are no list of messages';
  const isMessage = (m: unknown) => isRecord(m) && typeof m.role === 'string' && typeof m.content === 'string';
  return value.messages.every(isMessage) ? null : 'has a message without "role" and "content" as strings';
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
