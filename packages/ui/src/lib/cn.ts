import { type ClassValue, clsx } from 'clsx';
import { mergeClasses } from './merge-classes.ts';

/** cn joins class names; the last of two that clash wins. */
export function cn(...values: ClassValue[]): string {
  return mergeClasses(clsx(values));
}
