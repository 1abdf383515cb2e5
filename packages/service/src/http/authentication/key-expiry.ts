import { isoTime } from '../../domain/time/iso-time.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 3_650;
/** A date, which means its first moment, or a date with a time of day; always UTC. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?Z)?$/;

/**
 * Parses the time from which on a key is rejected: `2027-01-31`, which is the beginning of that day, or
 * `2027-01-31T12:00Z`, also with seconds and milliseconds, in UTC. Returns milliseconds since 1970; null for another
 * text.
 */
export function parseExpiry(text: string): number | null {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  // `Date.parse` reads 2027-02-30 as 2027-03-02.
  return Number.isNaN(time) || isoTime(time).slice(0, 10) !== text.slice(0, 10) ? null : time;
}

/** Returns the shortest text that `parseExpiry` reads as this time. */
export function expiryText(time: number): string {
  return isoTime(time)
    .replace(/\.000Z$/, 'Z')
    .replace(/:00Z$/, 'Z')
    .replace(/T00:00Z$/, '');
}

/**
 * Parses the expiry of a new key: a time as in `parseExpiry`, or `<days>d`, after which the key is valid until the end
 * of that day. Throws an error whose message can follow "the expiry".
 */
export function expiryFrom(text: string, now: number): number {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const isLifetime = days !== undefined && Number(days) >= 1 && Number(days) <= DAYS_MAX;
  const time = isLifetime ? Math.ceil(now / DAY_MS + Number(days)) * DAY_MS : parseExpiry(text);
  if (time === null) {
    throw new Error(`must be a number of days from 1d to ${DAYS_MAX}d, a date like 2027-01-31, or 2027-01-31T12:00Z`);
  }
  if (time <= now) throw new Error('must be in the future');
  return time;
}
