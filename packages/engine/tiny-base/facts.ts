/** CAPITALS are countries and their capitals. */
export const CAPITALS: readonly (readonly [country: string, capital: string])[] = [
  ['France', 'Paris'],
  ['Germany', 'Berlin'],
  ['Spain', 'Madrid'],
  ['Italy', 'Rome'],
  ['Portugal', 'Lisbon'],
  ['Austria', 'Vienna'],
  ['Poland', 'Warsaw'],
  ['Greece', 'Athens'],
  ['Norway', 'Oslo'],
  ['Sweden', 'Stockholm'],
  ['Finland', 'Helsinki'],
  ['Denmark', 'Copenhagen'],
  ['Ireland', 'Dublin'],
  ['Hungary', 'Budapest'],
  ['Belgium', 'Brussels'],
  ['Japan', 'Tokyo'],
  ['China', 'Beijing'],
  ['India', 'New Delhi'],
  ['Egypt', 'Cairo'],
  ['Kenya', 'Nairobi'],
  ['Canada', 'Ottawa'],
  ['Peru', 'Lima'],
  ['Chile', 'Santiago'],
  ['Cuba', 'Havana'],
  ['Turkey', 'Ankara'],
  ['Russia', 'Moscow'],
];

/** COLOURS are things and the colour people give them. */
export const COLOURS: readonly (readonly [thing: string, colour: string])[] = [
  ['the sky', 'blue'],
  ['grass', 'green'],
  ['snow', 'white'],
  ['coal', 'black'],
  ['a banana', 'yellow'],
  ['blood', 'red'],
  ['a carrot', 'orange'],
  ['milk', 'white'],
  ['a tomato', 'red'],
  ['a lemon', 'yellow'],
  ['a leaf', 'green'],
  ['the night', 'black'],
];

/** SOUNDS are animals and what they say. */
export const SOUNDS: readonly (readonly [animal: string, sound: string])[] = [
  ['cow', 'moo'],
  ['dog', 'woof'],
  ['cat', 'meow'],
  ['duck', 'quack'],
  ['sheep', 'baa'],
  ['pig', 'oink'],
  ['lion', 'roar'],
  ['bee', 'buzz'],
  ['owl', 'hoot'],
  ['snake', 'hiss'],
];

/** LEGS are animals and their number of legs. */
export const LEGS: readonly (readonly [animal: string, legs: number])[] = [
  ['dog', 4],
  ['cat', 4],
  ['cow', 4],
  ['horse', 4],
  ['bird', 2],
  ['duck', 2],
  ['spider', 8],
  ['bee', 6],
  ['ant', 6],
  ['snake', 0],
  ['fish', 0],
];

/** OPPOSITES are words and their opposites; each pair is asked both ways. */
export const OPPOSITES: readonly (readonly [word: string, opposite: string])[] = [
  ['hot', 'cold'],
  ['big', 'small'],
  ['up', 'down'],
  ['day', 'night'],
  ['fast', 'slow'],
  ['old', 'new'],
  ['open', 'closed'],
  ['wet', 'dry'],
  ['light', 'dark'],
  ['happy', 'sad'],
  ['full', 'empty'],
  ['early', 'late'],
];

/** DAYS and MONTHS are in their order. */
export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** NAMES, FRUITS and CITIES fill the small JSON objects. */
export const NAMES = ['Anna', 'Ben', 'Clara', 'David', 'Emma', 'Felix', 'Grace', 'Henry', 'Iris', 'Jonas'] as const;
export const FRUITS = ['apple', 'pear', 'plum', 'banana', 'lemon', 'cherry', 'melon', 'grape'] as const;

/** NUMBER_WORDS spell 0 to 10. */
export const NUMBER_WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
] as const;

/** EXPLANATIONS are questions with one fixed answer, asked in the words given. */
export const EXPLANATIONS: readonly (readonly [questions: readonly string[], answer: string])[] = [
  [
    ['Who are you?', 'What are you?', 'What is your name?', 'Tell me about yourself.'],
    'I am Slipway Tiny, a very small language model.',
  ],
  [
    ['What can you do?', 'How can you help me?', 'What do you know?'],
    'I can answer small questions, count, add small numbers and write small JSON objects.',
  ],
  [['How are you?', 'How are you today?', 'Are you well?'], 'I am well, thank you. How can I help you?'],
  [
    ['What is a GPU?', 'Explain what a GPU is.', 'What does a GPU do?'],
    'A GPU is a processor that does many small calculations at the same time.',
  ],
  [
    ['What is a token?', 'Explain what a token is.'],
    'A token is a small piece of text that a language model reads or writes.',
  ],
  [
    ['What is a language model?', 'Explain what a language model is.'],
    'A language model is a program that writes text one token after another.',
  ],
  [
    ['What is training?', 'What does training a model mean?'],
    'Training changes the weights of a model so that its answers get better.',
  ],
  [
    ['What is a quota?', 'Explain what a quota is.'],
    'A quota is the amount of a resource that a team is allowed to use.',
  ],
  [
    ['What is a canary?', 'What is a canary release?'],
    'A canary is a new version that gets a small part of the traffic first.',
  ],
  [['What is JSON?', 'Explain what JSON is.'], 'JSON is a text format for data with names and values.'],
  [['What is the sun?', 'Explain what the sun is.'], 'The sun is a star that gives us light and heat.'],
  [['What is the moon?', 'Explain what the moon is.'], 'The moon is a ball of rock that goes around the earth.'],
  [['What is water?', 'Explain what water is.'], 'Water is a clear liquid that all living things need.'],
  [['What is bread made of?', 'How is bread made?'], 'Bread is made of flour, water, salt and yeast.'],
  [['What is the largest ocean?', 'Which ocean is the largest?'], 'The Pacific Ocean is the largest ocean.'],
  [['What is the largest planet?', 'Which planet is the largest?'], 'Jupiter is the largest planet.'],
  [['How many days are in a week?', 'How many days has a week?'], 'A week has seven days.'],
  [['How many months are in a year?', 'How many months has a year?'], 'A year has twelve months.'],
  [['How many hours are in a day?', 'How many hours has a day?'], 'A day has twenty-four hours.'],
  [['Thank you.', 'Thanks!', 'Thank you very much.'], 'You are welcome!'],
  [['Goodbye.', 'Bye!', 'See you later.'], 'Goodbye! Have a nice day.'],
  [
    ['Tell me a story.', 'Tell me a short story.'],
    'A small boat stood on the slipway. One morning the water came, and the boat went out to the sea. It came home in the evening and was happy.',
  ],
  [
    ['Write a poem.', 'Write a short poem.'],
    'The sun goes up, the sun goes down,\nthe boat goes home to the little town.',
  ],
];
