import { asOf, type SessionSummary } from '../session.ts';
import type { Scan, ScanKey, SessionStore } from '../store.ts';
import { keyOfConsoleUser } from '../users/console-users.ts';
import { selectsConsole } from '../users/sign-ins.ts';
import type { SessionFilter } from './filter.ts';

/**
 * Returns a function that reads a page of `SessionStore.scan`, without sign-ins to the console. Every store scans in the
 * order of `open_time`. So a scan with `opened_after` or `opened_before` begins and ends at these times, without an index
 * of its own. With `to_time` it begins there too: a session has no activity before its opening.
 */
export function scanOf(
  store: Pick<SessionStore, 'scan'>,
  filter: SessionFilter,
  after: ScanKey | null,
  take: number,
): (judged_at: number) => Promise<Scan> {
  const { opened_after, opened_before = Number.POSITIVE_INFINITY, to_time = Number.POSITIVE_INFINITY } = filter;
  const before = Math.min(opened_before, to_time);
  const isEarly = Number.isFinite(before) && (after === null || after.open_time >= before);
  const start = isEarly ? keyBefore(before) : after;
  const isListed = ({ user_id }: SessionSummary) => selectsConsole(filter) || keyOfConsoleUser(user_id) === null;
  return async (judged_at) => {
    const { sessions, next } = await store.scan(filter, start, take, judged_at);
    const isOver = next !== null && opened_after !== undefined && next.open_time < opened_after;
    const listed = sessions.filter(isListed).map((session) => asOf(session, judged_at));
    return { sessions: listed, next: isOver ? null : next };
  };
}

/** The place before all sessions that were opened before a time. */
function keyBefore(time: number): ScanKey {
  return { open_time: time - 1, id: '' };
}
