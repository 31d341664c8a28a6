'use client';
import { Slot } from 'radix-ui';
import { type FocusEvent, type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

// A pointer that only passes by opens nothing.
const DELAY_MS = 350;
const GAP = 6;
// A tip this close to the upper edge opens below instead.
const ROOM_ABOVE = 40;
interface Place {
  left: number;
  top: number;
  isBelow: boolean;
}

function placeOf(element: Element): Place {
  const box = element.getBoundingClientRect();
  const isBelow = box.top < ROOM_ABOVE;
  const margin = 80;
  const left = Math.min(Math.max(box.left + box.width / 2, margin), Math.max(margin, window.innerWidth - margin));
  return { left, top: isBelow ? box.bottom + GAP : box.top - GAP, isBelow };
}

/** Tooltip says more about the thing under pointer or focus; never the only place of something needed. */
export function Tooltip({ label, children }: { label: ReactNode; children: ReactNode }) {
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [place, setPlace] = useState<Place | null>(null);
  const hide = () => {
    clearTimeout(timer.current);
    setPlace(null);
  };
  return (
    <>
      <Slot.Root
        aria-describedby={place === null ? undefined : id}
        onPointerEnter={(event: PointerEvent) => {
          const element = event.currentTarget;
          if (event.pointerType !== 'touch') timer.current = setTimeout(() => setPlace(placeOf(element)), DELAY_MS);
        }}
        onPointerLeave={hide}
        onPointerDown={hide}
        onFocus={(event: FocusEvent) => {
          if (event.currentTarget.matches(':focus-visible')) setPlace(placeOf(event.currentTarget));
        }}
        onBlur={hide}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key === 'Escape') hide();
        }}
      >
        {children}
      </Slot.Root>
      {place === null
        ? null
        : createPortal(
            <span
              id={id}
              role="tooltip"
              style={{
                left: place.left,
                top: place.top,
                transform: `translate(-50%, ${place.isBelow ? '0' : '-100%'})`,
              }}
              className="pointer-events-none fixed z-50 max-w-72 rounded-md bg-ink px-2 py-1 text-background text-xs shadow-float"
            >
              {label}
            </span>,
            document.body,
          )}
    </>
  );
}
