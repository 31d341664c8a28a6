import { LlamaModel } from '../../src/llama/index.ts';

const TEXTS = [
  'Once upon a time there was a small boat that',
  'The capital of France is',
  'Write a haiku about rain.',
  'def fibonacci(n):\n    """Return the n-th number."""\n',
  'Explain in one sentence what a database index does.',
  'Q: How many legs has a spider?\nA:',
  '{"name": "Ada", "born": 1815, "field":',
  'Dear Sir or Madam,\n\nI am writing to',
  'The quick brown fox',
  '1, 1, 2, 3, 5, 8,',
  'Translate to German: Good morning, how are you?',
  'In the beginning the universe was created. This has made a lot of people',
  'SELECT name, count(*) FROM users WHERE',
  'Three reasons why bridges fall down:\n1.',
  'Grüße aus Köln! Das Wetter ist heute',
  'A',
];
// Some prompts are long, so that a batch mixes lengths and one of them fills more than a step.
const REPEATS = [1, 1, 12, 1, 4, 1, 24, 1];

/** parityPrompts are `count` mixed prompts as token ids of a model. */
export async function parityPrompts(modelPath: string, count: number): Promise<number[][]> {
  const model = await LlamaModel.load({ path: modelPath, vocabOnly: true });
  const prompts = Array.from({ length: count }, (_, number) => {
    const text = `${TEXTS[number % TEXTS.length]} `.repeat(REPEATS[number % REPEATS.length] ?? 1).trimEnd();
    return [...model.vocab.tokenize(text, { addSpecial: true, parseSpecial: true })];
  });
  model.free();
  return prompts;
}
