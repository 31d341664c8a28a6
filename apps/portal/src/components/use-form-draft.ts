'use client';
import { useEffect } from 'react';
import type { DefaultValues, FieldValues, UseFormReturn } from 'react-hook-form';

const NO_SECRETS: readonly never[] = [];

/** useFormDraft keeps what was typed in this tab, so that it survives a reload and a session that ended; the answer forgets it. `secrets` (a constant) are fields that are never kept. */
export function useFormDraft<Values extends FieldValues>(
  key: string,
  form: UseFormReturn<Values>,
  secrets: readonly (keyof Values)[] = NO_SECRETS,
): () => void {
  const storageKey = `slipway.draft.${key}`;
  // The draft lies in the browser's storage, which the server that drew the form could not see.
  useEffect(() => {
    const saved = readDraft<Values>(storageKey);
    if (saved !== null) form.reset({ ...form.getValues(), ...saved }, { keepDefaultValues: true });
    return form.subscribe({
      formState: { values: true },
      callback: ({ values }) => {
        const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !secrets.includes(name)));
        writeDraft(storageKey, JSON.stringify(kept));
      },
    });
  }, [storageKey, form, secrets]);
  return () => writeDraft(storageKey, null);
}

function readDraft<Values>(key: string): DefaultValues<Values> | null {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as DefaultValues<Values>);
  } catch {
    // No storage or an old draft: the form begins with its defaults.
    return null;
  }
}

function writeDraft(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}
