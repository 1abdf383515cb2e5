import type { SessionsError } from '../../../domain/errors.ts';
import { unavailable } from '../../shared/unavailable.ts';

/**
 * How many sessions one commit of a bulk write changes: with a large file, such a commit delays other writes by about
 * 20 ms.
 */
export const WRITTEN_AT_ONCE_MAX = 32;

/** Divides ids into the parts of one commit each. */
export function* parts(ids: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += WRITTEN_AT_ONCE_MAX) yield ids.slice(at, at + WRITTEN_AT_ONCE_MAX);
}

/** The readable sessions were written: it is better to write all but one than none, and to report it. */
export function partlyWritten(unreadable: number, done: 'closed' | 'deleted'): SessionsError {
  const problem = `${unreadable} sessions that may match cannot be read because the database is damaged`;
  return unavailable(`${problem}; the others that match were ${done}`);
}
