import { isoTime } from '../domain/time/iso-time.ts';

/** Most strings need no escape, and asking is quicker than escaping. */
const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;

/** The JSON of a string or null. */
export function stringText(value: string | null): string {
  if (value === null) return 'null';
  return NEEDS_NO_ESCAPE.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** The JSON of a time: `"YYYY-MM-DDTHH:mm:ss.sssZ"`, or null. */
export function timeText(time: number | null): string {
  return time === null ? 'null' : `"${isoTime(time)}"`;
}
