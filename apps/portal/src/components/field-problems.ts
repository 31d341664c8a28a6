/** Problems are sentences by the path of the field at fault, for example `params.epochs`. */
export type Problems = Record<string, string>;

/** problemsOf gathers the checks that found something. */
export function problemsOf(checks: Record<string, string | null>): Problems {
  return Object.fromEntries(Object.entries(checks).flatMap(([path, found]) => (found === null ? [] : [[path, found]])));
}

/** wholeProblem says what is wrong with a typed whole number, or null. */
export function wholeProblem(
  text: string,
  { min, max, unit }: { min: number; max: number; unit?: string },
): string | null {
  const value = Number(text);
  const isSound = text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
  return isSound ? null : `Give a whole number${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}.`;
}

/** ERROR_DELAY_MS: leaving a field by pressing a button must not move the button away between press and release. */
export const ERROR_DELAY_MS = 250;
