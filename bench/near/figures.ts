import { spread } from '../report/spread.ts';

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** Median, minimum and maximum, with separated thousands. */
export function figure(values: readonly number[], digits = 0): string {
  const { median, min, max } = spread(values) ?? { median: 0, min: 0, max: 0 };
  const [middle, least, most] = [median, min, max].map((value) => inWords(value, digits));
  return `${middle} (${least} … ${most})`;
}

export function inWords(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Milliseconds of a clock that all processes of the machine share: on Linux `hrtime` is CLOCK_MONOTONIC. */
export function sharedTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
