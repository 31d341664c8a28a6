import { Progress } from '@slipway/ui';

/** FlavorUse is how many slots of those granted are in use, as words and as a bar. */
export function FlavorUse({
  label,
  used,
  granted,
  words = 'granted slots in use',
}: {
  label: string;
  used: number;
  granted: number;
  words?: string;
}) {
  const share = granted === 0 ? (used === 0 ? 0 : 1) : used / granted;
  const tone = share >= 1 ? 'danger' : share >= 0.8 ? 'warning' : 'accent';
  return (
    <div className="flex flex-col gap-1.5">
      <p className="numeric flex flex-wrap items-baseline justify-between gap-x-3 text-[13px] text-ink">
        <span>
          <strong className="font-semibold text-base">{used}</strong> of {granted} {words}
        </span>
        <span className="text-ink-muted">{Math.max(0, granted - used)} free</span>
      </p>
      <Progress value={share} tone={tone} label={`${label} slots in use`} className="h-2" />
    </div>
  );
}
