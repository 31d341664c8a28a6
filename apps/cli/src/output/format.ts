import { CURRENCY } from '@slipway/domain/metering';
import { CliError } from '../client/cli-error.ts';

const MICROS = 1_000_000;

/** money shows micros in the currency, or a dash where there is no price. */
export function money(micros: number | null): string {
  return micros === null ? '-' : `${amount(micros)} ${CURRENCY}`;
}

/** amount shows micros without the currency, for where a unit follows. */
export const amount = (micros: number): string => (micros / MICROS).toFixed(6).replace(/(\.\d\d\d*?)0+$/, '$1');

/** parseMoney reads an amount in the currency as micros, exactly. */
export function parseMoney(text: string): number {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) {
    throw new CliError('usage', `"${text}" is not an amount. Give a number with up to six decimals, such as 0.05.`);
  }
  return Number(match[1]) * MICROS + Number((match[2] ?? '').padEnd(6, '0'));
}

/** bytes shows a size. */
export function bytes(value: number | null): string {
  if (value === null) return '-';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const exponent = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const shown = value / 1_000 ** exponent;
  return `${shown >= 100 || exponent === 0 ? Math.round(shown) : shown.toFixed(1)} ${units[exponent]}`;
}

/** time shows an instant to the second in UTC. */
export const time = (iso: string | null): string => (iso === null ? '-' : iso.slice(0, 19).replace('T', ' '));

/** decimal shows a measurement. */
export const decimal = (value: number | null, digits = 3): string => (value === null ? '-' : value.toFixed(digits));

/** percent shows a share. */
export const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(1)} %`);
