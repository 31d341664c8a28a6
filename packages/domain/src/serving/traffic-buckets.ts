// Enough for a smooth line, few enough to draw on a phone.
const MOST_POINTS = 120;
const STEPS_SECONDS = [10, 30, 60, 300, 900, 3_600, 10_800];

/** bucketSecondsFor is how wide one point of a chart over this range is. */
export function bucketSecondsFor(rangeMinutes: number): number {
  const least = (rangeMinutes * 60) / MOST_POINTS;
  return STEPS_SECONDS.find((step) => step >= least) ?? 10_800;
}

/** bucketStarts are the instants of all points in the range, whole multiples of the width, the last one containing `now`. */
export function bucketStarts(now: Date, rangeMinutes: number): Date[] {
  const width = bucketSecondsFor(rangeMinutes) * 1_000;
  const last = Math.floor(now.getTime() / width) * width;
  const count = Math.ceil((rangeMinutes * 60_000) / width);
  return Array.from({ length: count }, (_, i) => new Date(last - (count - 1 - i) * width));
}
