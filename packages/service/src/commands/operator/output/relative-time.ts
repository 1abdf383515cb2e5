const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** Returns a time span in its largest unit: `45 s`, `3 m`, `2 h`, `12 d`. */
export function spanOf(seconds: number): string {
  for (const [unit, size] of UNITS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.max(0, Math.floor(seconds))} s`;
}

/** Returns a time before or after `now` for people: `3 m ago`, `in 2 h`. */
export function relativeTo(now: number, time: string): string {
  const seconds = (Date.parse(time) - now) / 1000;
  return seconds > 0 ? `in ${spanOf(seconds)}` : `${spanOf(-seconds)} ago`;
}
