import { isWithin, type SessionFilter, statesOf } from '../../../domain/lists/filter.ts';
import type { Entry } from './merged-scan.ts';

/** Whether a session may match by its index entry alone; false if it cannot match. */
export function mayMatch({ due }: Entry, filter: SessionFilter, now: number): boolean {
  const { live, ended } = statesOf(filter);
  return due !== null && due > now ? live && isWithin(due, filter) : ended;
}
