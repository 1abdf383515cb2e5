import { isoTime } from '../domain/time/iso-time.ts';

/** Most strings need no escape, and this test is faster than escaping. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

/** Returns a string or null as JSON. */
export function stringText(value: string | null): string {
  if (value === null) return 'null';
  return NEEDS_NO_ESCAPE.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** Returns a time as JSON: `"YYYY-MM-DDTHH:mm:ss.sssZ"`, or null. */
export function timeText(time: number | null): string {
  return time === null ? 'null' : `"${isoTime(time)}"`;
}
