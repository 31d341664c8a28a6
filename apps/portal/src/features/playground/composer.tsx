'use client';
import { Button, Textarea } from '@slipway/ui';
import { SendHorizontal, Square } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';

/** Composer takes the next question; Enter sends it, Shift and Enter begins a line. */
export function Composer({
  isStreaming,
  isReady,
  onAsk,
  onStop,
}: {
  isStreaming: boolean;
  isReady: boolean;
  onAsk(content: string): void;
  onStop(): void;
}) {
  const [text, setText] = useState('');
  const isSendable = !isStreaming && text.trim() !== '';
  const send = () => {
    if (!isSendable) return;
    onAsk(text.trim());
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a letter, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      aria-label="Ask"
      className="flex shrink-0 flex-col gap-1 border-line border-t p-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-end gap-2">
        <Textarea
          aria-label="Message"
          aria-describedby="composer-keys"
          placeholder={isReady ? 'Ask something' : 'No replica is ready yet'}
          rows={2}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className="resize-none"
        />
        {isStreaming ? (
          <Button size="lg" onClick={onStop}>
            <Square aria-hidden />
            Stop
          </Button>
        ) : (
          <Button size="lg" variant="primary" type="submit" disabled={!isSendable}>
            <SendHorizontal aria-hidden />
            Send
          </Button>
        )}
      </div>
      <p id="composer-keys" className="text-[11.5px] text-ink-subtle max-sm:sr-only">
        Enter sends, Shift + Enter begins a line
      </p>
    </form>
  );
}
