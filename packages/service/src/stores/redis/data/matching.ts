import { type SessionFilter, statesOf } from '../../../domain/lists/filter.ts';
import type { Entry } from './merged-scan.ts';

/** Whether a session may match by its index entry alone; false if it cannot match. */
export function mayMatch({ due }: Entry, filter: SessionFilter, now: number): boolean {
  const { live, ended } = statesOf(filter);
  if (due === null || due <= now) return ended;
  const { expires_before = Number.POSITIVE_INFINITY, expires_after = 0 } = filter;
  return live && due < expires_before && due >= expires_after;
}
