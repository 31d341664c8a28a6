'use client';
import { useEffect, useState } from 'react';

/** useDebounced gives a value once it has not changed for `waitMs`; values are compared by their JSON. */
export function useDebounced<Value>(value: Value, waitMs: number): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  // The clock is outside React.
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), waitMs);
    return () => clearTimeout(timer);
  }, [text, waitMs]);
  return settled;
}
