/** AnswerStats is what one answer took; null means not known yet. */
export interface AnswerStats {
  ttftMs: number | null;
  tokensPerSecond: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  finishReason: string | null;
}
/** ChatMessage is one turn; `error` is why an answer broke off, `model` who gave it. */
export interface ChatMessage {
  id: string;
  role: 'user' | 'assistant';
  content: string;
  model?: string;
  stats?: AnswerStats;
  error?: string;
}
/** ChatSettings are what goes with every request. */
export interface ChatSettings {
  system: string;
  temperature: number;
  maxTokens: number;
}
/** ChatState is a conversation with its settings; `isStreaming` while an answer comes. */
export interface ChatState {
  settings: ChatSettings;
  messages: readonly ChatMessage[];
  isStreaming: boolean;
}

/** EMPTY_CHAT: small models wander at a high temperature, and 256 tokens are a paragraph. */
export const EMPTY_CHAT: ChatState = {
  settings: { system: '', temperature: 0.7, maxTokens: 256 },
  messages: [],
  isStreaming: false,
};

/** ChatAction is one thing that happens to a conversation. */
export type ChatAction =
  | { type: 'settings'; settings: Partial<ChatSettings> }
  | {
      type: 'ask';
      id: string;
      content: string;
      answerId: string;
      model: string;
    }
  | { type: 'regenerate'; answerId: string; model: string }
  | { type: 'text'; text: string; stats: AnswerStats }
  | { type: 'end'; stats: AnswerStats; error?: string }
  | { type: 'clear' };

/** reduceChat answers the conversation after an action; an action that makes no sense now changes nothing. */
export function reduceChat(state: ChatState, action: ChatAction): ChatState {
  switch (action.type) {
    case 'settings':
      return { ...state, settings: { ...state.settings, ...action.settings } };
    case 'ask': {
      if (state.isStreaming || action.content.trim() === '') return state;
      const question: ChatMessage = {
        id: action.id,
        role: 'user',
        content: action.content,
      };
      return {
        ...state,
        isStreaming: true,
        messages: [...state.messages, question, emptyAnswer(action)],
      };
    }
    case 'regenerate': {
      const last = state.messages.at(-1);
      if (state.isStreaming || last?.role !== 'assistant') return state;
      return {
        ...state,
        isStreaming: true,
        messages: [...state.messages.slice(0, -1), emptyAnswer(action)],
      };
    }
    case 'text':
      return changeAnswer(state, (answer) => ({
        ...answer,
        content: answer.content + action.text,
        stats: action.stats,
      }));
    case 'end':
      return {
        ...changeAnswer(state, (answer) => ({
          ...answer,
          stats: action.stats,
          ...(action.error === undefined ? {} : { error: action.error }),
        })),
        isStreaming: false,
      };
    case 'clear':
      return { ...state, messages: [], isStreaming: false };
  }
}

function emptyAnswer({ answerId, model }: { answerId: string; model: string }): ChatMessage {
  return { id: answerId, role: 'assistant', content: '', model };
}

function changeAnswer(state: ChatState, change: (answer: ChatMessage) => ChatMessage): ChatState {
  const last = state.messages.at(-1);
  if (!state.isStreaming || last?.role !== 'assistant') return state;
  return { ...state, messages: [...state.messages.slice(0, -1), change(last)] };
}

/** requestBody is the OpenAI body for the conversation so far; the empty answer that is being filled is left out, and so are failed ones. */
export function requestBody(state: ChatState, model: string) {
  const { system, temperature, maxTokens } = state.settings;
  const turns = state.messages
    .filter((message) => message.content !== '')
    .map(({ role, content }) => ({ role, content }));
  return {
    model,
    messages: [...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]), ...turns],
    temperature,
    max_tokens: maxTokens,
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** parseSavedChat reads a conversation from storage; anything unknown gives the empty one, and a broken-off stream is over. */
export function parseSavedChat(text: string | null): ChatState {
  if (text === null) return EMPTY_CHAT;
  try {
    const saved = JSON.parse(text) as Partial<ChatState>;
    const settings = saved.settings;
    if (!Array.isArray(saved.messages) || typeof settings?.system !== 'string') return EMPTY_CHAT;
    if (typeof settings.temperature !== 'number' || typeof settings.maxTokens !== 'number') return EMPTY_CHAT;
    const messages = saved.messages.filter((m) => typeof m?.id === 'string' && typeof m.content === 'string');
    return { settings, messages, isStreaming: false };
  } catch {
    // Written by another version of the page: begin anew.
    return EMPTY_CHAT;
  }
}

/** AnswerClock is what was seen of an answer so far, in milliseconds of one clock. */
export interface AnswerClock {
  sentAt: number;
  firstTextAt: number | null;
  pieces: number;
  promptTokens: number | null;
  completionTokens: number | null;
  finishReason: string | null;
}

/** measureAnswer says what an answer took until `now`; until usage is known each piece of text counts as one token. */
export function measureAnswer(clock: AnswerClock, now: number): AnswerStats {
  const tokens = clock.completionTokens ?? clock.pieces;
  const seconds = clock.firstTextAt === null ? 0 : (now - clock.firstTextAt) / 1_000;
  // The first token's time is the TTFT; the rate is of those after it.
  const rate = tokens > 1 && seconds > 0 ? (tokens - 1) / seconds : null;
  return {
    ttftMs: clock.firstTextAt === null ? null : clock.firstTextAt - clock.sentAt,
    tokensPerSecond: rate,
    promptTokens: clock.promptTokens,
    completionTokens: tokens === 0 ? null : tokens,
    finishReason: clock.finishReason,
  };
}
