import { ChatTemplate } from '../../src/chat/chat-template.ts';
import { Engine, GREEDY } from '../../src/index.ts';
import { loadLlamaRunner } from '../../src/runner/load-llama-runner.ts';
import { NgramDrafter } from '../../src/speculation/ngram-drafter.ts';
import { interleaved, type RowGroup } from '../bench-context.ts';
import { benchRow, currentLoad } from '../report/bench-row.ts';

const NOTE =
  'The shipment left Rotterdam on 4 March with 212 crates of bearings, 48 drums of oil and 16 spare gearboxes. ' +
  'The shipment reached Gdansk on 9 March with 210 crates of bearings, 48 drums of oil and 15 spare gearboxes. ' +
  'Two crates of bearings and one gearbox were damaged by water and were sent back to Rotterdam on 11 March.';
const TASKS = {
  'repeating its prompt': `Copy this text word for word, nothing else:\n\n${NOTE}`,
  'free text': 'Write a story about a lighthouse keeper who finds a bottle with a letter in it.',
};

/** SPECULATION is what guessing by n-grams wins where answers repeat their prompt, and costs where they do not, for one user. */
export const SPECULATION: RowGroup = {
  anchors: [],
  async measure(ctx) {
    const { runner } = await loadLlamaRunner({
      modelPath: ctx.modelPath,
      threads: ctx.threads,
      contextTokens: 1024,
      maxSequences: 1,
    });
    const { chatTemplate } = runner.model;
    // Random weights repeat one token for ever, which would flatter any guess.
    if (chatTemplate === null) {
      runner.close();
      return [];
    }
    const { bosText, eosText } = runner.tokenizer;
    const template = new ChatTemplate(chatTemplate, { bosText, eosText });
    const counts = { drafted: 0, accepted: 0 };
    const onDraft = (drafted: number, accepted: number) => {
      counts.drafted += drafted;
      counts.accepted += accepted;
    };
    const plain = new Engine({ runner, contextTokens: 1024 });
    const guessing = new Engine({ runner, contextTokens: 1024, drafter: new NgramDrafter(), observer: { onDraft } });
    const rows = [];
    for (const [name, task] of Object.entries(TASKS)) {
      const loadBefore = currentLoad();
      Object.assign(counts, { drafted: 0, accepted: 0 });
      const messages = [
        { role: 'system' as const, content: 'You are a helpful assistant.' },
        { role: 'user' as const, content: task },
      ];
      const text = template.render({ messages, tools: null, addGenerationPrompt: true });
      const promptTokens = await runner.tokenizer.encode(text, { addSpecial: false, parseSpecial: true });
      const rate = async (engine: Engine) => decodeRate(engine, promptTokens, ctx.isQuick ? 24 : 160);
      await rate(plain);
      const results = await interleaved(ctx.runs, { anchor: () => rate(plain), ours: () => rate(guessing) });
      rows.push(
        benchRow({
          workload: `n-gram guesses, one user, ${name}`,
          unit: 'tok/s',
          ...results,
          anchorName: 'ours, no guesses',
          loadBefore,
          note: `${counts.accepted} of ${counts.drafted} guessed tokens were right`,
        }),
      );
    }
    runner.close();
    return rows;
  },
};

async function decodeRate(engine: Engine, promptTokens: Int32Array, maxTokens: number): Promise<number> {
  const generation = engine.generate({ promptTokens, maxTokens, sampling: GREEDY, ignoreEndOfGeneration: true });
  for await (const _chunk of generation);
  const { completionTokens, decodeMs } = await generation.finished;
  return ((completionTokens - 1) * 1000) / decodeMs;
}
