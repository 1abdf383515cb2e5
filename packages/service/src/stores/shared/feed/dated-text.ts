import type { Clock } from '../../../domain/time/clock.ts';

/** A dated text is at most this many bytes longer than the text. */
export const DATE_BYTES_MAX = 16;

const FORM = /^(\d{1,15}|)\n/;

/**
 * Adds the time at which a node sends a message, on the clock of the store's server. The clocks of nodes may differ by
 * seconds, and each node knows the difference between its clock and the server's.
 */
export function dated(text: string, clock: Clock): string {
  const time = clock.serverTime?.() ?? null;
  return `${time === null ? '' : Math.round(time)}\n${text}`;
}

/** The text of a dated message, and how many milliseconds ago it was sent: 0 if this is unknown. */
export function readDated(message: string, clock: Clock): { readonly text: string; readonly age_ms: number } {
  const [head = '', digits = ''] = FORM.exec(message) ?? [];
  const now = clock.serverTime?.() ?? null;
  const age_ms = now === null || digits === '' ? 0 : Math.max(0, now - Number(digits));
  return { text: message.slice(head.length), age_ms };
}
