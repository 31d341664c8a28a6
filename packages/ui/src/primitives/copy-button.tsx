'use client';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { cn } from '../lib/cn.ts';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

// Long enough to be read, short enough for a second copy.
const SHOWN_MS = 1_500;

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Browsers offer the clipboard on secure origins only; the page then says that it was not copied.
    return false;
  }
}

/** CopyButton copies `text`; `label` names the thing ("Copy key"); `hasWords` shows the label beside the icon. */
export function CopyButton({
  text,
  label,
  hasWords = false,
  className,
}: {
  text: string;
  label: string;
  hasWords?: boolean;
  className?: string;
}) {
  const [outcome, setOutcome] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async () => {
    setOutcome((await copyText(text)) ? 'copied' : 'refused');
    setTimeout(() => setOutcome('idle'), SHOWN_MS);
  };
  const icon = outcome === 'copied' ? <Check aria-hidden /> : <Copy aria-hidden />;
  const words = {
    idle: label,
    copied: 'Copied',
    refused: 'Not copied: select the text and copy it',
  }[outcome];
  if (hasWords) {
    return (
      <Button size="sm" onClick={copy} className={className}>
        {icon}
        {words}
      </Button>
    );
  }
  return (
    <IconButton size="sm" label={words} onClick={copy} className={cn('align-middle', className)}>
      {icon}
    </IconButton>
  );
}

/** CopyableText is an id or address in monospace with its copy button. */
export function CopyableText({ text, label, className }: { text: string; label: string; className?: string }) {
  return (
    <span className={cn('inline-flex min-w-0 max-w-full items-center gap-1', className)}>
      <code className="truncate font-mono text-[12.5px]" title={text}>
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </span>
  );
}
