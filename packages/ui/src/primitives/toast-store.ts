/** ToastItem is one thing that just happened; `action` offers undo. */
export interface ToastItem {
  id: number;
  text: string;
  tone: 'info' | 'error';
  action?: { label: string; run(): void };
}

// Long enough to be read at a glance; a failure has more to say.
const SHOWN_MS = { info: 5_000, error: 10_000 };
// More than this hide the page; the oldest goes first.
const MAX_ITEMS = 4;
let items: readonly ToastItem[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly ToastItem[]): void {
  items = next;
  for (const listener of listeners) listener();
}

/** dismissToast takes a toast away. */
export function dismissToast(id: number): void {
  set(items.filter((item) => item.id !== id));
}

/** addToast shows a toast for a while. */
export function addToast(toast: Omit<ToastItem, 'id'>): void {
  const id = nextId;
  nextId += 1;
  set([...items, { ...toast, id }].slice(-MAX_ITEMS));
  setTimeout(() => dismissToast(id), SHOWN_MS[toast.tone]);
}

/** subscribeToToasts hears every change of the list. */
export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** currentToasts is what is shown now. */
export const currentToasts = (): readonly ToastItem[] => items;
