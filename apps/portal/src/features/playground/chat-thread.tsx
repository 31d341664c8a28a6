'use client';
import {
  CopyButton,
  cn,
  formatMilliseconds,
  formatNumber,
  formatTokens,
  IconButton,
  Notice,
  Spinner,
} from '@slipway/ui';
import { Bot, RefreshCw, User } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { AnswerStats, ChatMessage } from './chat-state.ts';

// Nearer to the end than this, the reader follows the text; farther up they read something else.
const FOLLOW_PX = 80;

interface ChatThreadProps {
  messages: readonly ChatMessage[];
  isStreaming: boolean;
  modelId: string;
  onRegenerate(): void;
}

/** ChatThread shows the conversation; text is text, never markup. */
export function ChatThread({ messages, isStreaming, modelId, onRegenerate }: ChatThreadProps) {
  const box = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const length = messages.at(-1)?.content.length ?? 0;
  // The scroll position belongs to the browser's box, not to React.
  useEffect(() => {
    const element = box.current;
    if (element !== null && isFollowing.current && length >= 0) element.scrollTop = element.scrollHeight;
  }, [length]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Conversation"
      aria-busy={isStreaming}
      tabIndex={0}
      onScroll={({ currentTarget: at }) => {
        isFollowing.current = at.scrollHeight - at.scrollTop - at.clientHeight < FOLLOW_PX;
      }}
      className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4"
    >
      {messages.length === 0 ? (
        <div className="m-auto max-w-sm text-center text-[13px] text-ink-muted">
          <Bot aria-hidden className="mx-auto mb-2 size-6 text-ink-subtle" />
          <p>
            Ask <span className="font-mono text-[12.5px] text-ink">{modelId}</span> something. The conversation stays in
            this browser tab.
          </p>
        </div>
      ) : (
        messages.map((message, index) => (
          <Turn
            key={message.id}
            message={message}
            isComing={isStreaming && index === messages.length - 1}
            isLast={index === messages.length - 1}
            onRegenerate={onRegenerate}
          />
        ))
      )}
    </div>
  );
}

interface TurnProps {
  message: ChatMessage;
  isComing: boolean;
  isLast: boolean;
  onRegenerate(): void;
}

function Turn({ message, isComing, isLast, onRegenerate }: TurnProps) {
  const isAnswer = message.role === 'assistant';
  const Icon = isAnswer ? Bot : User;
  return (
    <article aria-label={isAnswer ? 'Answer' : 'Question'} className="flex min-w-0 gap-3">
      <span
        className={cn(
          'flex size-7 shrink-0 items-center justify-center rounded-full border border-line',
          isAnswer ? 'bg-accent-soft text-accent-text' : 'bg-surface-sunken text-ink-muted',
        )}
      >
        <Icon aria-hidden className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-[12.5px] text-ink-muted leading-7">{isAnswer ? (message.model ?? 'Answer') : 'You'}</p>
        {message.content === '' && isComing ? (
          <p role="status" className="flex items-center gap-2 text-[13px] text-ink-muted">
            <Spinner /> Waiting for the first token
          </p>
        ) : (
          <p className="whitespace-pre-wrap break-words text-[14px] text-ink leading-6">{message.content}</p>
        )}
        {message.error === undefined ? null : (
          <Notice
            tone="danger"
            isAlert
            className="mt-2"
            title={message.content === '' ? 'No answer came' : 'The answer broke off'}
          >
            {message.error}
          </Notice>
        )}
        {isAnswer && !isComing ? (
          <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-[12.5px] text-ink-muted">
            {message.content === '' ? null : (
              <CopyButton text={message.content} label="Copy answer" className="-ml-1.5" />
            )}
            {isLast ? (
              <IconButton size="sm" label="Regenerate answer" onClick={onRegenerate}>
                <RefreshCw aria-hidden />
              </IconButton>
            ) : null}
            {message.stats === undefined ? null : <Stats stats={message.stats} />}
          </div>
        ) : null}
        {isComing && message.stats !== undefined ? (
          <div className="mt-1.5 text-[12.5px] text-ink-muted">
            <Stats stats={message.stats} />
          </div>
        ) : null}
      </div>
    </article>
  );
}

const FINISH_WORDS: Record<string, string> = {
  length: 'cut at max tokens',
  stopped: 'stopped by you',
  content_filter: 'filtered',
};

function Stats({ stats }: { stats: AnswerStats }) {
  const parts = [
    {
      id: 'ttft',
      name: 'TTFT',
      value: stats.ttftMs === null ? null : formatMilliseconds(stats.ttftMs),
    },
    {
      id: 'rate',
      name: '',
      value: stats.tokensPerSecond === null ? null : `${formatNumber(stats.tokensPerSecond, 1)} tokens/s`,
    },
    {
      id: 'prompt',
      name: 'prompt',
      value: stats.promptTokens === null ? null : formatTokens(stats.promptTokens),
    },
    {
      id: 'answer',
      name: 'answer',
      value: stats.completionTokens === null ? null : `${formatTokens(stats.completionTokens)} tokens`,
    },
    {
      id: 'finish',
      name: '',
      value: FINISH_WORDS[stats.finishReason ?? ''] ?? null,
    },
  ];
  return (
    <span className="numeric inline-flex flex-wrap gap-x-3 gap-y-0.5">
      {parts.map((part) =>
        part.value === null ? null : (
          <span key={part.id}>{part.name === '' ? part.value : `${part.name} ${part.value}`}</span>
        ),
      )}
    </span>
  );
}
