import { SessionsError } from '../errors.ts';
import { deadline, type Session } from '../session.ts';
import type { SessionUpdate } from '../session-update.ts';
import type { SessionFilter, SessionStore } from '../store.ts';
import { isOfWrongClock } from '../time/clock.ts';

/**
 * How long after its deadline an open session is still listed and counted as live, if nothing has ended it. Until then
 * another node may still change it, because that node's clock may be behind or its change may wait in a queue.
 */
const LISTED_LONGER_MS = 60_000;

/** Maximum number of sessions that one step ends, and of steps that a read waits for. */
const BATCH_MAX = 500;
const STEPS_MAX = 4;

/** Ends a session that is past its deadline; changes no other session. */
export const EXPIRE = Object.freeze({ type: 'expire' } as const satisfies SessionUpdate);

/** Whether a session is past its deadline but still open in the store. It must not be reported as ended yet. */
export function isDue(session: Session, now: number): boolean {
  return session.close_time === null && now >= deadline(session);
}

/**
 * Ends a session in the store if it is past its deadline there. Returns the session as it is then stored; null if there
 * is none.
 */
export async function endIfDue(store: Pick<SessionStore, 'update'>, id: string, now: number): Promise<Session | null> {
  const result = await store.update(id, EXPIRE, now);
  return result.outcome === 'missing' ? null : result.session;
}

/** Returns a session that was read from the store; ends it there first if it is past its deadline. */
export function settled(
  store: Pick<SessionStore, 'update'>,
  session: Session,
  now: number,
): Session | Promise<Session | null> {
  return isDue(session, now) ? endIfDue(store, session.id, now) : session;
}

/**
 * Reads several sessions after the sessions past their deadline have been ended in the store. `read` gets the time by
 * which it decides whether a session is live. That time is before `now`, so that no session is shown as ended too
 * early: it may not have been ended yet, or another node may just have added it.
 *
 * The first read runs in parallel with the search for sessions to end, which usually finds none. If nothing can be
 * written, no session can be ended. The sessions that are open in the store are then shown as live.
 */
export async function readSettled<T>(
  store: SessionStore,
  filter: SessionFilter,
  now: number,
  read: (judged_at: number) => Promise<T>,
): Promise<T> {
  const judged_at = now - LISTED_LONGER_MS;
  const [found, ended] = await Promise.all([read(judged_at), endDue(store, filter, now).catch(notWritten)]);
  if (ended === 0) return found;
  return read(ended === NOT_WRITTEN ? BEFORE_ALL_DEADLINES : judged_at);
}

const NOT_WRITTEN = null;
const BEFORE_ALL_DEADLINES = 0;

function notWritten(error: unknown): typeof NOT_WRITTEN {
  const isUnavailable = error instanceof SessionsError && error.code === 'STORE_UNAVAILABLE';
  if (isUnavailable && !isOfWrongClock(error)) return NOT_WRITTEN;
  throw error;
}

/**
 * Ends the sessions that a filter may match and that are past their deadline, in bounded steps. Returns their number.
 */
export async function endDue(store: SessionStore, { id, user_id }: SessionFilter, now: number): Promise<number> {
  if (id !== undefined) {
    const session = await store.find(id);
    if (!session || !isDue(session, now)) return 0;
    await endIfDue(store, id, now);
    return 1;
  }
  let ended = 0;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { count } = await store.expire(now, BATCH_MAX, user_id);
    ended += count;
    if (count < BATCH_MAX) break;
  }
  return ended;
}
