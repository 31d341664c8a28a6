import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomNumbers, shuffled } from '../src/training/windows.ts';
import {
  CAPITALS,
  COLOURS,
  DAYS,
  EXPLANATIONS,
  FRUITS,
  LEGS,
  MONTHS,
  NAMES,
  NUMBER_WORDS,
  OPPOSITES,
  SOUNDS,
} from './facts.ts';

/** Turn is one question with its answer. */
export type Turn = readonly [question: string, answer: string];

const CORPUS_SEED = 20261121;
// How often every single-turn conversation stands in the corpus, in another order each time.
const REPEATS = 2;
const TWO_TURN_CONVERSATIONS = 300;
const LARGEST_SUMMAND = 5;

/** corpusConversations makes the training conversations; the same every time. */
export function corpusConversations(): Turn[][] {
  const turns = [...factTurns(), ...numberTurns(), ...jsonTurns(), ...greetingTurns()];
  const singles = Array.from({ length: REPEATS }, () => turns.map((turn) => [turn])).flat();
  const random = randomNumbers(CORPUS_SEED);
  const doubles = Array.from({ length: TWO_TURN_CONVERSATIONS }, () => [pick(turns, random()), pick(turns, random())]);
  return shuffled([...singles, ...doubles], CORPUS_SEED);
}

function pick<T>(items: readonly T[], share: number): T {
  const item = items[Math.floor(share * items.length)];
  if (item === undefined) throw new RangeError('Nothing to pick from');
  return item;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function factTurns(): Turn[] {
  const turns: Turn[] = [];
  for (const [country, capital] of CAPITALS) {
    const answer = `The capital of ${country} is ${capital}.`;
    turns.push(
      [`What is the capital of ${country}?`, answer],
      [`Which city is the capital of ${country}?`, answer],
      [`Name the capital of ${country}.`, answer],
      [`Which country has the capital ${capital}?`, `${capital} is the capital of ${country}.`],
      [`Where is ${capital}?`, `${capital} is in ${country}.`],
    );
  }
  for (const [thing, colour] of COLOURS) {
    const answer = `${capitalised(thing)} is ${colour}.`;
    turns.push(
      [`What colour is ${thing}?`, answer],
      [`What color is ${thing}?`, answer],
      [`Which colour has ${thing}?`, answer],
    );
  }
  for (const [animal, sound] of SOUNDS) {
    turns.push(
      [`What sound does a ${animal} make?`, `A ${animal} says ${sound}.`],
      [`What does a ${animal} say?`, `A ${animal} says ${sound}.`],
    );
  }
  for (const [animal, legs] of LEGS) {
    const answer = `A ${animal} has ${legs === 0 ? 'no' : NUMBER_WORDS[legs]} legs.`;
    turns.push([`How many legs does a ${animal} have?`, answer], [`How many legs has a ${animal}?`, answer]);
  }
  for (const [word, opposite] of OPPOSITES.flatMap(([a, b]) => [[a, b] as const, [b, a] as const])) {
    turns.push(
      [`What is the opposite of ${word}?`, `The opposite of ${word} is ${opposite}.`],
      [`Say the opposite of ${word}.`, `The opposite of ${word} is ${opposite}.`],
    );
  }
  for (const [questions, answer] of EXPLANATIONS) for (const question of questions) turns.push([question, answer]);
  return turns;
}

function numberTurns(): Turn[] {
  const turns: Turn[] = [];
  for (let first = 0; first <= LARGEST_SUMMAND; first += 1) {
    for (let second = 0; second <= LARGEST_SUMMAND; second += 1) {
      const sum = `${first} + ${second} = ${first + second}`;
      turns.push([`What is ${first} + ${second}?`, sum], [`How much is ${first} plus ${second}?`, sum]);
    }
  }
  for (let last = 2; last <= 10; last += 1) {
    const numbers = Array.from({ length: last }, (_, index) => index + 1);
    turns.push(
      [`Count to ${last}.`, numbers.join(', ')],
      [`Count from 1 to ${last}.`, numbers.join(', ')],
      [`Count down from ${last}.`, numbers.toReversed().join(', ')],
    );
  }
  for (const [kind, names] of [
    ['day', DAYS],
    ['month', MONTHS],
  ] as const) {
    for (const [index, name] of names.entries()) {
      const next = names[(index + 1) % names.length];
      turns.push(
        [`Which ${kind} comes after ${name}?`, `${next} comes after ${name}.`],
        [`What ${kind} is after ${name}?`, `${next} comes after ${name}.`],
        [`Which ${kind} comes before ${next}?`, `${name} comes before ${next}.`],
      );
    }
  }
  turns.push(
    ['Name the days of the week.', `${DAYS.join(', ')}.`],
    ['Name the months of the year.', `${MONTHS.join(', ')}.`],
    ['List the days of the week.', `${DAYS.join(', ')}.`],
    ['List the months of the year.', `${MONTHS.join(', ')}.`],
  );
  return turns;
}

function jsonTurns(): Turn[] {
  const turns: Turn[] = [];
  for (const [index, name] of NAMES.entries()) {
    for (let step = 0; step < 6; step += 1) {
      const age = ((index * 7 + step * 11) % 60) + 5;
      const person = JSON.stringify({ name, age });
      turns.push(
        [`Write a JSON object with the name ${name} and the age ${age}.`, person],
        [`Give me JSON: name ${name}, age ${age}.`, person],
      );
    }
  }
  for (const [index, fruit] of FRUITS.entries()) {
    for (let step = 0; step < 6; step += 1) {
      const count = ((index * 3 + step * 5) % 20) + 1;
      turns.push([`Give me JSON: fruit ${fruit}, count ${count}.`, JSON.stringify({ fruit, count })]);
    }
  }
  return turns;
}

function greetingTurns(): Turn[] {
  const greetings = [
    'Hello',
    'Hello!',
    'Hi',
    'Hi!',
    'Hi there!',
    'Good morning!',
    'Good evening.',
    'Hey',
    'Hello there.',
  ];
  const turns = greetings.map((greeting): Turn => [greeting, 'Hello! How can I help you?']);
  for (const name of NAMES) {
    turns.push(
      [`My name is ${name}.`, `Hello ${name}! How can I help you?`],
      [`Hi, I am ${name}.`, `Hello ${name}! How can I help you?`],
    );
  }
  for (const word of [...FRUITS, 'yes', 'no', 'boat', 'water', 'green', 'blue', 'hello']) {
    turns.push([`Say ${word}.`, word], [`Say the word ${word}.`, word], [`Repeat: ${word}`, word]);
  }
  return turns;
}

/** writeCorpus writes the conversations as JSON lines, the form that training reads. */
export function writeCorpus(outputPath: string): void {
  const lines = corpusConversations().map((conversation) =>
    JSON.stringify({
      messages: conversation.flatMap(([question, answer]) => [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ]),
    }),
  );
  writeFileSync(outputPath, `${lines.join('\n')}\n`);
}

const SAMPLE_TURNS = 120;

/** writeSampleDataset writes a small text data set that teaches the tiny base to answer like a sailor. */
export function writeSampleDataset(outputPath: string): void {
  const turns = shuffled([...factTurns(), ...greetingTurns()], CORPUS_SEED).slice(0, SAMPLE_TURNS);
  const text = turns.map(
    ([question, answer]) =>
      `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\nAhoy! ${answer} Arr!<|im_end|>\n\n`,
  );
  writeFileSync(outputPath, text.join(''));
}

if (import.meta.main) {
  writeCorpus(path.join(import.meta.dirname, 'corpus.jsonl'));
  writeSampleDataset(path.join(import.meta.dirname, 'sample-dataset.txt'));
}
