import type { JsonText } from './json.ts';

/** Why a session ended. `idle` and `expired` are the two timeouts; `closed` is the user's own logout. */
export type CloseReason = 'closed' | 'idle' | 'expired';

/**
 * One sign-in of one user, as it is stored. Members have the names they have on the wire. Times are milliseconds
 * since 1970, and deadlines are absolute.
 *
 * A stored session past a deadline is not live, whether or not a sweep has closed it: read it through `asOf`.
 */
export interface Session {
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string | null;
  /** Where the user came from, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** With what the user came, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  readonly user: JsonText | null;
  readonly data: JsonText | null;
  readonly open_time: number;
  /** The last activity. A sweep does not move it. */
  readonly request_time: number;
  readonly idle_timeout_ms: number;
  readonly expire_time: number | null;
  readonly close_time: number | null;
  readonly close_reason: CloseReason | null;
  /** Grows with every change but a touch. */
  readonly revision: number;
}

/** A session without what belongs to the application: what lists answer. */
export type SessionSummary = Omit<Session, 'user' | 'data'>;

/** What the application says of a session when it opens it. */
export type NewSession = Pick<Session, 'user_id' | 'user_name' | 'address' | 'client' | 'user' | 'data'> & {
  readonly idle_timeout_ms: number;
  readonly expire_time: number | null;
};

/** A change to one session; the guard of each is that the session is live. */
export type SessionChange =
  | { readonly type: 'store'; readonly member: 'data' | 'user'; readonly value: JsonText }
  | { readonly type: 'close'; readonly reason: CloseReason };

export function open(id: string, fields: NewSession, now: number): Session {
  return {
    id,
    user_id: fields.user_id,
    user_name: fields.user_name,
    address: fields.address,
    client: fields.client,
    user: fields.user,
    data: fields.data,
    open_time: now,
    request_time: now,
    idle_timeout_ms: fields.idle_timeout_ms,
    expire_time: fields.expire_time,
    close_time: null,
    close_reason: null,
    revision: 1,
  };
}

/** The moment at which an open session ends by itself: the nearer of its two deadlines. */
export function deadline(session: SessionSummary): number {
  const idle = session.request_time + session.idle_timeout_ms;
  return session.expire_time !== null && session.expire_time < idle ? session.expire_time : idle;
}

/** The one rule of liveness, for every read, filter, limit and sweep. */
export function isLive(session: SessionSummary, now: number): boolean {
  return session.close_time === null && now < deadline(session);
}

/** The session as `now` sees it: past a deadline it reads as closed at that deadline, swept or not. */
export function asOf<S extends SessionSummary>(session: S, now: number): S {
  return session.close_time !== null || now < deadline(session) ? session : expire(session);
}

/** Closes a session at its own deadline; its last activity stays as it was. */
export function expire<S extends SessionSummary>(session: S): S {
  const close_time = deadline(session);
  return end(session, close_time, close_time === session.expire_time ? 'expired' : 'idle');
}

/** The changed session, or null where the guard refuses: nothing changes or revives a session that is not live. */
export function apply(session: Session, change: SessionChange, now: number): Session | null {
  if (!isLive(session, now)) return null;
  // A clock that stepped back must not move the last activity back with it.
  const request_time = Math.max(now, session.request_time);
  switch (change.type) {
    case 'store':
      return { ...session, request_time, [change.member]: change.value, revision: session.revision + 1 };
    case 'close':
      return end({ ...session, request_time }, request_time, change.reason);
  }
}

function end<S extends SessionSummary>(session: S, close_time: number, close_reason: CloseReason): S {
  const ended = { ...session, close_time, close_reason, revision: session.revision + 1 };
  return 'data' in session ? { ...ended, user: null, data: null } : ended;
}
