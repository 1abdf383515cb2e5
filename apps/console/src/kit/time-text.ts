/** The texts of times and time spans, in the language and the zone of the reader. */

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** `26 Nov 2026, 10:15:06 UTC`. */
export function exactTime(time: string | number): string {
  return exact.format(new Date(time));
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** `10:15:06`. */
export function clockTime(time: number): string {
  return clock.format(new Date(time));
}

/** `26 Nov 2026, 10:15`. */
export function shortTime(time: string | number): string {
  return short.format(new Date(time));
}

const UNITS: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** A time span in its largest unit: `40 s`, `3 min`, `21 h`, `12 d`. */
export function spanText(ms: number): string {
  const [size, word] = UNITS.find(([unit]) => ms >= unit) ?? [1_000, 's'];
  return `${Math.floor(ms / size)} ${word}`;
}

/** `now`, `3 min ago` or `in 21 h`. A step below 10 seconds is `now`, because ages are computed every 10 seconds. */
export function relativeText(time: string | number, now: number): string {
  const difference = new Date(time).getTime() - now;
  if (Math.abs(difference) < 10_000) return 'now';
  return difference < 0 ? `${spanText(-difference)} ago` : `in ${spanText(difference)}`;
}
