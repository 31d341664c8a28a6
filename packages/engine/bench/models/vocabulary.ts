const NORMAL_TOKEN = 1;
const CONTROL_TOKEN = 3;

/** FillerVocabulary is a byte-level BPE vocabulary of any size: real bytes, two merges, and fillers that no text produces. */
export interface FillerVocabulary {
  tokens: string[];
  types: number[];
  merges: string[];
  endOfText: number;
  endOfTurn: number;
}

/** fillerVocabulary makes a vocabulary of `size` tokens; every filler is printable, so that every generated token is text. */
export function fillerVocabulary(size: number): FillerVocabulary {
  const special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
  const merges = ['t h', 'th e'];
  const known = [...special, ...byteSpelling(), 'th', 'the'];
  const fillers = Array.from({ length: size - known.length }, (_, number) => `w${number.toString(36)}`);
  const tokens = [...known, ...fillers];
  return {
    tokens,
    types: tokens.map((_, id) => (id < special.length ? CONTROL_TOKEN : NORMAL_TOKEN)),
    merges,
    endOfText: 0,
    endOfTurn: 2,
  };
}

// GPT-2 spells bytes that do not print as characters from 256 on.
function byteSpelling(): string[] {
  const prints = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    if (prints(byte)) return String.fromCodePoint(byte);
    next += 1;
    return String.fromCodePoint(next - 1);
  });
}
