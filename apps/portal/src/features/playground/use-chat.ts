'use client';
import { useRef, useSyncExternalStore } from 'react';
import { type AnswerClock, EMPTY_CHAT, measureAnswer, requestBody } from './chat-state.ts';
import { type ChatStore, chatStore } from './chat-store.ts';
import { describeChatFailure, readChatStream } from './chat-stream.ts';

/** useChat is the team's conversation with what can be done to it. */
export function useChat(team: string, model: string | null) {
  const store = chatStore(team);
  const state = useSyncExternalStore(store.subscribe, store.read, () => EMPTY_CHAT);
  const controller = useRef<AbortController | null>(null);
  const run = (modelId: string) => {
    controller.current = new AbortController();
    void streamAnswer({
      store,
      team,
      model: modelId,
      signal: controller.current.signal,
    });
  };
  return {
    state,
    ask(content: string) {
      if (model === null || store.read().isStreaming || content.trim() === '') return;
      store.dispatch({
        type: 'ask',
        id: crypto.randomUUID(),
        answerId: crypto.randomUUID(),
        content,
        model,
      });
      run(model);
    },
    regenerate() {
      if (model === null || store.read().isStreaming) return;
      store.dispatch({
        type: 'regenerate',
        answerId: crypto.randomUUID(),
        model,
      });
      run(model);
    },
    stop: () => controller.current?.abort(),
    clear() {
      controller.current?.abort();
      store.dispatch({ type: 'clear' });
    },
    set: (settings: Partial<typeof state.settings>) => store.dispatch({ type: 'settings', settings }),
  };
}

interface Stream {
  store: ChatStore;
  team: string;
  model: string;
  signal: AbortSignal;
}

async function streamAnswer({ store, team, model, signal }: Stream): Promise<void> {
  const clock: AnswerClock = {
    sentAt: performance.now(),
    firstTextAt: null,
    pieces: 0,
    promptTokens: null,
    completionTokens: null,
    finishReason: null,
  };
  const stats = () => measureAnswer(clock, performance.now());
  const end = (error?: string) => {
    if (!signal.aborted)
      store.dispatch({
        type: 'end',
        stats: stats(),
        ...(error === undefined ? {} : { error }),
      });
  };
  signal.addEventListener('abort', () => {
    clock.finishReason = 'stopped';
    store.dispatch({ type: 'end', stats: stats() });
  });
  try {
    const response = await fetch('/api/playground/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-slipway-team': team },
      body: JSON.stringify(requestBody(store.read(), model)),
      signal,
    });
    if (!response.ok || response.body === null) {
      end(describeChatFailure(response.status, await response.text()));
      return;
    }
    for await (const event of readChatStream(response.body)) {
      if (signal.aborted) return;
      if (event.kind === 'text') {
        clock.firstTextAt ??= performance.now();
        clock.pieces += 1;
        store.dispatch({ type: 'text', text: event.text, stats: stats() });
      } else if (event.kind === 'finish') clock.finishReason = event.reason;
      else if (event.kind === 'usage') {
        clock.promptTokens = event.promptTokens;
        clock.completionTokens = event.completionTokens;
      } else {
        end(event.message);
        return;
      }
    }
    end();
  } catch {
    end('The portal could not be reached. Check the connection and ask again.');
  }
}
