// What llama.cpp's "smollm" pre-tokenizer does: every digit stands alone, then GPT-2's words.
const DIGIT = /\p{N}/u;
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** SPECIAL_TOKENS are the marks of the chat format, in the order of their ids. */
export const SPECIAL_TOKENS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] as const;

/** Tokenizer is a byte-level BPE vocabulary as a GGUF file stores it. */
export interface Tokenizer {
  /** tokens are in GPT-2's printable spelling of bytes; special tokens first. */
  tokens: string[];
  merges: string[];
}

/** trainTokenizer learns merges from text until the vocabulary has `vocabSize` tokens. */
export function trainTokenizer(texts: Iterable<string>, vocabSize: number): Tokenizer {
  const spelling = byteSpelling();
  const words = countWords(texts, spelling);
  const tokens: string[] = [...SPECIAL_TOKENS, ...spelling];
  const merges: string[] = [];
  while (tokens.length < vocabSize) {
    const best = mostFrequentPair(words);
    if (best === null) break;
    merges.push(`${best.left} ${best.right}`);
    tokens.push(best.left + best.right);
    for (const word of words) mergePair(word.pieces, best);
  }
  return { tokens, merges };
}

interface Word {
  pieces: string[];
  count: number;
}

interface Pair {
  left: string;
  right: string;
}

function countWords(texts: Iterable<string>, spelling: readonly string[]): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => ({
    pieces: [...Buffer.from(word, 'utf8')].map((byte) => spelling[byte] ?? ''),
    count,
  }));
}

function splitWords(text: string): string[] {
  return text
    .split(/(\p{N})/u)
    .flatMap((part) => (DIGIT.test(part) ? [part] : (part.match(WORDS) ?? [])))
    .filter((word) => word !== '');
}

function mostFrequentPair(words: readonly Word[]): Pair | null {
  const counts = new Map<string, number>();
  for (const { pieces, count } of words) {
    for (let index = 0; index + 1 < pieces.length; index += 1) {
      const key = `${pieces[index]} ${pieces[index + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  let best: { key: string; count: number } | null = null;
  for (const [key, count] of counts) {
    if (best === null || count > best.count || (count === best.count && key < best.key)) best = { key, count };
  }
  if (best === null || best.count < 2) return null;
  const [left = '', right = ''] = best.key.split(' ');
  return { left, right };
}

function mergePair(pieces: string[], pair: Pair): void {
  for (let index = 0; index + 1 < pieces.length; index += 1) {
    if (pieces[index] === pair.left && pieces[index + 1] === pair.right) {
      pieces.splice(index, 2, pair.left + pair.right);
    }
  }
}

// GPT-2 spells every byte as one printable character: printable Latin-1 as itself, the others from U+0100 on.
function byteSpelling(): string[] {
  const spelling: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte += 1) {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    spelling.push(String.fromCharCode(isPrintable ? byte : next));
    if (!isPrintable) next += 1;
  }
  return spelling;
}
