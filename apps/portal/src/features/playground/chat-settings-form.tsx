'use client';
import { Card, Field, Input, Textarea } from '@slipway/ui';
import { useState } from 'react';
import type { ChatSettings } from './chat-state.ts';

/** ChatSettingsForm changes what goes with every request; a number that makes no sense is not taken. */
export function ChatSettingsForm({
  settings,
  onChange,
}: {
  settings: ChatSettings;
  onChange(settings: Partial<ChatSettings>): void;
}) {
  return (
    <Card title="Request">
      <div className="flex flex-col gap-4">
        <Field label="System prompt" help="Sent first with every question.">
          <Textarea
            rows={4}
            maxLength={8_000}
            placeholder="You are a helpful assistant."
            value={settings.system}
            onChange={(event) => onChange({ system: event.target.value })}
          />
        </Field>
        <NumberField
          label="Temperature"
          help="0 gives the likeliest words; higher wanders more."
          value={settings.temperature}
          range={{ min: 0, max: 2, step: 0.1 }}
          onChange={(temperature) => onChange({ temperature })}
        />
        <NumberField
          label="Max tokens"
          help="Where an answer is cut at the latest."
          unit="tokens"
          value={settings.maxTokens}
          range={{ min: 1, max: 32_768, step: 1 }}
          onChange={(maxTokens) => onChange({ maxTokens })}
        />
      </div>
    </Card>
  );
}

interface NumberFieldProps {
  label: string;
  help: string;
  unit?: string;
  value: number;
  range: { min: number; max: number; step: number };
  onChange(value: number): void;
}

function NumberField({ label, help, unit, value, range, onChange }: NumberFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const isWrong = draft !== null && !isWithin(draft, range);
  return (
    <Field
      label={label}
      help={help}
      isRequired
      error={isWrong ? `Give a number from ${range.min} to ${range.max}.` : undefined}
    >
      <Input
        type="number"
        inputMode="decimal"
        {...range}
        {...(unit === undefined ? {} : { unit })}
        value={draft ?? String(value)}
        onChange={(event) => {
          setDraft(event.target.value);
          if (isWithin(event.target.value, range)) onChange(Number(event.target.value));
        }}
        onBlur={() => setDraft(null)}
      />
    </Field>
  );
}

function isWithin(text: string, range: { min: number; max: number; step: number }): boolean {
  const value = Number(text);
  const isWhole = range.step !== 1 || Number.isInteger(value);
  return text.trim() !== '' && isWhole && value >= range.min && value <= range.max;
}
