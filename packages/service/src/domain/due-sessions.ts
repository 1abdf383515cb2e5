import { SessionsError } from './errors.ts';
import { deadline, type Session, type SessionUpdate } from './session.ts';
import type { SessionFilter, SessionStore } from './store.ts';
import { isOfWrongClock } from './time/clock.ts';

/**
 * How much longer than its deadline an open session is listed and counted as live, unless it has been ended meanwhile.
 * Another node may still apply a change to it: its clock may be behind, and its change may wait in a queue.
 */
const LISTED_LONGER_MS = 60_000;

/** How many sessions one step ends, and how many steps a read may wait for. */
const BATCH_MAX = 500;
const STEPS_MAX = 4;

/** Changes a session that is past its deadline, and no other. */
export const EXPIRE = Object.freeze({ type: 'expire' } as const satisfies SessionUpdate);

/** Whether a session is open in the store, but past its deadline: nobody may be told yet that it has ended. */
export function isDue(session: Session, now: number): boolean {
  return session.close_time === null && now >= deadline(session);
}

/** Ends a session in the store if it is past its deadline there. Resolves with the session as it is stored then. */
export async function endIfDue(store: Pick<SessionStore, 'update'>, id: string, now: number): Promise<Session | null> {
  const result = await store.update(id, EXPIRE, now);
  return result.outcome === 'missing' ? null : result.session;
}

/**
 * Reads several sessions after those that are past their deadline have been ended in the store. `read` gets the moment
 * by which it judges liveness: it is earlier than `now`, so that a session which could not be ended in time, or which
 * another node has just added, is not shown as ended before it is.
 *
 * The first read runs beside the search for sessions to end, which finds none as a rule. Where nothing can be written, no
 * session can be ended: those that are open in the store are shown as live then.
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

/** Ends what is past its deadline of the sessions that a filter may match, in bounded steps. Resolves with the count. */
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
