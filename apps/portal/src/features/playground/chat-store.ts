import { type ChatAction, type ChatState, EMPTY_CHAT, parseSavedChat, reduceChat } from './chat-state.ts';

/** ChatStore keeps one team's conversation in this browser tab; a reload finds it again. */
export interface ChatStore {
  read(): ChatState;
  subscribe(listener: () => void): () => void;
  dispatch(action: ChatAction): void;
}

const stores = new Map<string, ChatStore>();

/** chatStore answers the team's conversation in this tab. */
export function chatStore(team: string): ChatStore {
  const key = `slipway.playground.${team}`;
  const known = stores.get(key);
  if (known !== undefined) return known;
  const store = createStore(key);
  stores.set(key, store);
  return store;
}

function createStore(key: string): ChatStore {
  const listeners = new Set<() => void>();
  let state: ChatState | null = null;
  const read = () => {
    state ??= typeof window === 'undefined' ? EMPTY_CHAT : parseSavedChat(sessionStorage.getItem(key));
    return state;
  };
  return {
    read,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch(action) {
      state = reduceChat(read(), action);
      // Text comes many times a second; what is worth keeping is kept when the answer ends.
      if (action.type !== 'text') save(key, state);
      for (const listener of listeners) listener();
    },
  };
}

function save(key: string, state: ChatState): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(state));
  } catch {
    // Storage is full or forbidden: the conversation lives until the page is left.
  }
}
