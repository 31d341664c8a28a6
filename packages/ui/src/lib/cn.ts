import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** cn joins class names; the last of two that clash wins. */
export function cn(...values: ClassValue[]): string {
  return twMerge(clsx(values));
}
