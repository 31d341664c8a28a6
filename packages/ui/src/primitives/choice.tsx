'use client';
import { Check } from 'lucide-react';
import { Checkbox as RadixCheckbox, RadioGroup as RadixRadioGroup, Switch as RadixSwitch } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from '../lib/cn.ts';

interface ToggleProps {
  label: ReactNode;
  help?: ReactNode;
  isChecked: boolean;
  onChange(isChecked: boolean): void;
  isDisabled?: boolean;
}

/** Checkbox is one thing that is so or not, decided with the rest of a form. */
export function Checkbox({ label, help, isChecked, onChange, isDisabled = false }: ToggleProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2 pointer-coarse:min-h-11">
      <RadixCheckbox.Root
        id={id}
        checked={isChecked}
        disabled={isDisabled}
        onCheckedChange={(value) => onChange(value === true)}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <RadixCheckbox.Indicator>
          <Check aria-hidden className="size-3 text-accent-ink" strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <Words htmlFor={id} label={label} help={help} />
    </div>
  );
}

/** Switch is one thing that takes effect at once. */
export function Switch({ label, help, isChecked, onChange, isDisabled = false }: ToggleProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 pointer-coarse:min-h-11">
      <RadixSwitch.Root
        id={id}
        checked={isChecked}
        disabled={isDisabled}
        onCheckedChange={onChange}
        className="relative mt-0.5 h-4.5 w-8 shrink-0 rounded-full bg-line-strong transition-colors data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-white transition-transform data-[state=checked]:translate-x-4" />
      </RadixSwitch.Root>
      <Words htmlFor={id} label={label} help={help} />
    </div>
  );
}

function Words({ htmlFor, label, help }: { htmlFor: string; label: ReactNode; help: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={htmlFor} className="font-medium text-[13px] text-ink">
        {label}
      </label>
      {help === undefined ? null : <p className="text-[12.5px] text-ink-muted">{help}</p>}
    </div>
  );
}

/** RadioCardsProps: each option is a card with a title and a line of help. */
export interface RadioCardsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly {
    value: Value;
    label: string;
    help?: string;
    icon?: ReactNode;
  }[];
  onChange(value: Value): void;
  className?: string;
}

/** RadioCards chooses one of a few where each choice needs a word of explanation. */
export function RadioCards<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: RadioCardsProps<Value>) {
  const pick = (next: string) => {
    const found = options.find((option) => option.value === next);
    if (found !== undefined) onChange(found.value);
  };
  return (
    <RadixRadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={pick}
      className={cn('grid gap-2 sm:grid-cols-2', className)}
    >
      {options.map((option) => (
        <RadixRadioGroup.Item
          key={option.value}
          value={option.value}
          className="flex min-h-11 items-start gap-2.5 rounded-md border border-line bg-surface p-2.5 text-left hover:bg-surface-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
        >
          {option.icon}
          <span className="min-w-0">
            <span className="block font-medium text-[13px] text-ink">{option.label}</span>
            {option.help === undefined ? null : (
              <span className="block text-[12.5px] text-ink-muted">{option.help}</span>
            )}
          </span>
        </RadixRadioGroup.Item>
      ))}
    </RadixRadioGroup.Root>
  );
}
