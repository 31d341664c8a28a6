import { describe, expect, test } from 'vitest';
import { planStep, type RunningView, type StepLimits, type StepPlan, type WaitingView } from './plan-step.ts';

const LIMITS: StepLimits = { stepTokens: 64, mixedPrefillTokens: 32, maxSequences: 4, blockTokens: 16 };

const decoding = (id: number, knownTokens = 20): RunningView => ({
  id,
  knownTokens,
  computedTokens: knownTokens - 1,
  heldBlocks: Math.ceil((knownTokens - 1) / 16),
  draftTokens: 0,
});
const prefilling = (id: number, knownTokens: number, computedTokens: number): RunningView => ({
  id,
  knownTokens,
  computedTokens,
  heldBlocks: Math.ceil(computedTokens / 16),
  draftTokens: 0,
});
const waiting = (id: number, knownTokens: number, more: Partial<WaitingView> = {}): WaitingView => ({
  id,
  knownTokens,
  cachedBlocks: 0,
  revivedBlocks: 0,
  restorableBlocks: 0,
  isHeldBack: false,
  ...more,
});

interface Case {
  running?: RunningView[];
  waiting?: WaitingView[];
  availableBlocks?: number;
  limits?: Partial<StepLimits>;
  plan: Partial<StepPlan>;
}

const CASES: Record<string, Case> = {
  'every decoding sequence gets one token': {
    running: [decoding(1), decoding(2)],
    plan: {
      compute: [
        { id: 1, tokens: 1 },
        { id: 2, tokens: 1 },
      ],
      preempt: [],
      admit: [],
    },
  },
  'a guess is computed behind the next token': {
    running: [{ ...decoding(1), draftTokens: 4 }, decoding(2)],
    plan: {
      compute: [
        { id: 1, tokens: 5 },
        { id: 2, tokens: 1 },
      ],
    },
  },
  'a guess takes the room there is and preempts nobody': {
    running: [{ ...decoding(1, 31), draftTokens: 4 }, decoding(2, 20)],
    availableBlocks: 0,
    plan: {
      preempt: [],
      compute: [
        { id: 1, tokens: 2 },
        { id: 2, tokens: 1 },
      ],
    },
  },
  'a prompt alone gets the whole budget': {
    waiting: [waiting(1, 200)],
    plan: { admit: [{ id: 1, tokens: 64 }] },
  },
  'a prompt beside streams gets the smaller share': {
    running: [decoding(1)],
    waiting: [waiting(2, 200)],
    plan: { compute: [{ id: 1, tokens: 1 }], admit: [{ id: 2, tokens: 32 }] },
  },
  'a prompt that has begun goes before one that has not': {
    running: [prefilling(1, 200, 64)],
    waiting: [waiting(2, 100)],
    plan: { compute: [{ id: 1, tokens: 64 }], admit: [] },
  },
  'what is left of the budget starts the next prompt': {
    running: [prefilling(1, 100, 64)],
    waiting: [waiting(2, 100)],
    plan: { compute: [{ id: 1, tokens: 36 }], admit: [{ id: 2, tokens: 28 }] },
  },
  'cached tokens are not computed again': {
    waiting: [waiting(1, 40, { cachedBlocks: 2, revivedBlocks: 2 })],
    plan: { admit: [{ id: 1, tokens: 8 }] },
  },
  'restored tokens are not computed, but their blocks are taken': {
    running: [decoding(2)],
    waiting: [waiting(1, 40, { restorableBlocks: 2 })],
    availableBlocks: 4,
    plan: { admit: [{ id: 1, tokens: 8 }] },
  },
  'a prompt that can be restored waits for its blocks like any other': {
    running: [decoding(2)],
    waiting: [waiting(1, 40, { restorableBlocks: 2 })],
    availableBlocks: 3,
    plan: { admit: [] },
  },
  'no more sequences than the limit run': {
    running: [decoding(1), decoding(2), decoding(3), decoding(4)],
    waiting: [waiting(5, 4)],
    plan: { admit: [] },
  },
  'a prompt without blocks for all of it waits, and nobody overtakes it': {
    running: [decoding(1)],
    waiting: [waiting(2, 100), waiting(3, 4)],
    availableBlocks: 5,
    plan: { admit: [] },
  },
  'cached blocks in use by others do not count against the available ones': {
    running: [decoding(1)],
    waiting: [waiting(2, 100, { cachedBlocks: 5 })],
    availableBlocks: 3,
    plan: { admit: [{ id: 2, tokens: 20 }] },
  },
  'one that is held back for a shared prefix is overtaken': {
    waiting: [waiting(1, 40, { isHeldBack: true }), waiting(2, 10)],
    plan: { admit: [{ id: 2, tokens: 10 }] },
  },
  'the newest is preempted when the oldest needs a block, and nobody is let in': {
    running: [decoding(1, 33), decoding(2, 33), decoding(3, 33)],
    waiting: [waiting(4, 4)],
    availableBlocks: 0,
    plan: {
      preempt: [3],
      compute: [
        { id: 1, tokens: 1 },
        { id: 2, tokens: 1 },
      ],
      admit: [],
    },
  },
  'the newest stalls rather than preempt an older one': {
    running: [decoding(1, 20), decoding(2, 33)],
    availableBlocks: 0,
    plan: { preempt: [], compute: [{ id: 1, tokens: 1 }] },
  },
  'a prompt takes the blocks there are rather than preempt for all it wants': {
    running: [prefilling(1, 200, 32), prefilling(2, 100, 16)],
    availableBlocks: 1,
    plan: { preempt: [], compute: [{ id: 1, tokens: 16 }] },
  },
  'tokens that a preempted sequence was given go back to the budget': {
    running: [prefilling(1, 100, 32), decoding(2, 20)],
    availableBlocks: 0,
    plan: { preempt: [2], compute: [{ id: 1, tokens: 32 }] },
  },
};

describe('planStep', () => {
  test.each(Object.entries(CASES))('%s', (_, example) => {
    const plan = planStep(
      {
        running: example.running ?? [],
        waiting: example.waiting ?? [],
        availableBlocks: example.availableBlocks ?? 100,
        exclusiveBlocks: (id) => example.running?.find((view) => view.id === id)?.heldBlocks ?? 0,
      },
      { ...LIMITS, ...example.limits },
    );
    expect(plan).toMatchObject(example.plan);
  });
});
