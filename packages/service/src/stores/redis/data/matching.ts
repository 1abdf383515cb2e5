import { asOf, isLive, type Session } from '../../../domain/session.ts';
import type { SessionFilter } from '../../../domain/store.ts';
import type { Entry } from './merged-scan.ts';

/** Judged by this moment, every session that is open in the store is live. */
export const BEFORE_ALL_DEADLINES = 0;

/** What each member of a filter means, by the rule of liveness. */
export function isMatch(session: Session, filter: SessionFilter, now: number): boolean {
  const { id, user_id, active, from_time, to_time, client, address, close_reason } = filter;
  return (
    (id === undefined || session.id === id) &&
    (user_id === undefined || session.user_id === user_id) &&
    (active === undefined || isLive(session, now) === active) &&
    (from_time === undefined || session.request_time >= from_time) &&
    (to_time === undefined || session.request_time < to_time) &&
    (client === undefined || session.client === client) &&
    (address === undefined || session.address === address) &&
    (close_reason === undefined || asOf(session, now).close_reason === close_reason)
  );
}

/** What the index alone says: false for what cannot match. */
export function mayMatch({ due }: Entry, { active, close_reason }: SessionFilter, now: number): boolean {
  const isEntryLive = due !== null && due > now;
  if (active !== undefined && isEntryLive !== active) return false;
  return close_reason === undefined || !isEntryLive;
}

/** Whether only the sessions themselves say if they match. */
export function needsSessions({ client, address, close_reason }: SessionFilter): boolean {
  return client !== undefined || address !== undefined || close_reason !== undefined;
}
