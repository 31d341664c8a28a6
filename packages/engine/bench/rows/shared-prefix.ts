import type { BenchContext, RowGroup } from '../bench-context.ts';
import type { Completion } from '../http/completion-client.ts';
import type { BenchRow } from '../report/bench-row.ts';
import { type Against, loadRows } from '../servers/compare-servers.ts';
import { startEngine } from '../servers/engine-server.ts';
import type { ServerUnderTest } from '../servers/server-under-test.ts';
import { measureLoad } from '../workloads/open-loop.ts';
import { randomPrompt } from '../workloads/random-prompt.ts';

const FULL = { groups: 4, usersPerGroup: 4, prefixTokens: 1024, userTokens: 32, outputTokens: 32, turns: 3 };
const QUICK = { groups: 2, usersPerGroup: 2, prefixTokens: 128, userTokens: 16, outputTokens: 8, turns: 2 };

/** SHARED_PREFIX is W1: users in groups with a long common prefix hold conversations of some turns, all at once. */
export const SHARED_PREFIX: RowGroup = {
  anchors: ['llamaServer'],
  measure: (ctx) => measureConversations(ctx, { atLeast: 4 }),
};

/** KV_LAYOUT is W1 with a KV buffer for each sequence against one for all: what copying shared prefixes wins or costs. */
export const KV_LAYOUT: RowGroup = {
  anchors: [],
  measure: (ctx) =>
    measureConversations(ctx, null, {
      name: 'ours, unified KV',
      start: (settings) => startEngine({ ...settings, kvLayout: 'unified' }),
    }),
};

function measureConversations(
  ctx: BenchContext,
  goal: { atLeast: number } | null,
  against?: Against,
): Promise<BenchRow[]> {
  const { groups, usersPerGroup, prefixTokens, userTokens, outputTokens, turns } = ctx.isQuick ? QUICK : FULL;
  const name = `W1 ${groups}x${usersPerGroup} users, prefix ${prefixTokens}, ${turns} turns`;
  const ratio = goal === null ? {} : { goal: { of: 'ratio', ...goal } as const };
  const milliseconds = { unit: 'ms', isLowerBetter: true };
  return loadRows(ctx, {
    sizes: {
      contextTokens: prefixTokens + turns * (userTokens + outputTokens) + 64,
      maxSequences: groups * usersPerGroup,
    },
    run: (server) =>
      measureLoad(server, async () => {
        const users = Array.from({ length: groups * usersPerGroup }, (_, user) => converse(ctx, server, user));
        return (await Promise.all(users)).flat();
      }),
    figures: [
      { workload: `${name}: total`, unit: 's', isLowerBetter: true, pick: (result) => result.seconds, ...ratio },
      { workload: `${name}: first token p50`, ...milliseconds, pick: (result) => result.ttftP50Ms, ...ratio },
      { workload: `${name}: first token p99`, ...milliseconds, pick: (result) => result.ttftP99Ms },
      { workload: `${name}: prompt tokens from the cache`, unit: 'tokens', pick: (result) => result.cachedTokens },
    ],
    ...(against === undefined ? {} : { against }),
  });
}

/** converse holds one user's conversation; the answers become part of it. */
async function converse(ctx: BenchContext, server: ServerUnderTest, user: number): Promise<Completion[]> {
  const size = ctx.isQuick ? QUICK : FULL;
  const { vocabSize, tokensOf } = ctx.vocabulary;
  const history = [...randomPrompt(size.prefixTokens, vocabSize, 1000 + Math.floor(user / size.usersPerGroup))];
  const completions: Completion[] = [];
  for (let turn = 0; turn < size.turns; turn += 1) {
    history.push(...randomPrompt(size.userTokens, vocabSize, 2000 + user * size.turns + turn));
    const completion = await server.complete({ prompt: history, maxTokens: size.outputTokens });
    completions.push(completion);
    for (const { text, tokens } of completion.pieces) history.push(...(tokens.length > 0 ? tokens : tokensOf(text)));
  }
  return completions;
}
