import type { CloseReason } from '@pip-sessions/contract/close-reasons';
import { type Authentication, defaultAuthentication } from './authentication.ts';
import type { JsonText } from './json.ts';
import { mergePatch } from './merge-patch.ts';
import { PAST_SECRETS_MAX, type TokenState } from './tokens/tokens.ts';

export type { Authentication, CloseReason };

/**
 * One sign-in of one user, as it is stored. Members have the names they have on the wire. Times are milliseconds
 * since 1970, and deadlines are absolute.
 *
 * A stored session past a deadline is not live, whether or not a sweep has closed it: read it through `asOf`.
 */
export interface Session extends Authentication {
  /** Identifies the session. */
  readonly id: string;
  /** The id of the user, in the application's own terms. */
  readonly user_id: string;
  /** The name of the user to show; null if the application gave none. */
  readonly user_name: string | null;
  /** Where the user came from, in the application's own terms: usually an IP address. */
  readonly address: string | null;
  /** With what the user came, in the application's own terms: usually the user agent. */
  readonly client: string | null;
  /** The application's value about the user; null once the session has ended. */
  readonly user: JsonText | null;
  /** The application's value for this session; null once the session has ended. */
  readonly data: JsonText | null;
  /** When the session was opened. */
  readonly open_time: number;
  /** The last activity that was written. A sweep does not move it. */
  readonly request_time: number;
  /**
   * Activity counts as going on until here: `request_time`, and after a touch a little later, since activity until
   * then will not be written again. What the throttle does not know, it counts in favour of the user.
   */
  readonly active_until: number;
  /** The session ends after this time without activity. */
  readonly idle_timeout_ms: number;
  /** The absolute deadline; null for none. */
  readonly expire_time: number | null;
  /** When the session ended; null while it is open in the store. */
  readonly close_time: number | null;
  /** Why the session ended; null while it is open in the store. */
  readonly close_reason: CloseReason | null;
  /** Grows with every change but a touch. */
  readonly revision: number;
  /** Null for a session of API v1, whose id is all that its callers hold. */
  readonly token: TokenState | null;
}

/** A session without what belongs to the application, and without its secrets: what lists answer. */
export type SessionSummary = Omit<Session, 'user' | 'data' | 'token'>;

/** What an application says at the opening, and may leave out: it is null then. */
export type OpeningMembers = Partial<Pick<Session, 'user_name' | 'address' | 'client' | 'user' | 'data'>>;

/** What a session is opened with. */
export interface NewSession
  extends OpeningMembers,
    Pick<Session, 'user_id' | 'idle_timeout_ms' | 'expire_time'>,
    Partial<Pick<Session, 'token'>> {
  readonly authentication?: Authentication | null;
}

/** What can be changed of a session after its opening, beside `user` and `data`. */
export type Amendment = Partial<Pick<Session, 'idle_timeout_ms' | 'expire_time' | 'user_name' | 'address' | 'client'>>;

/** A change to one session. The guard of each is that the session is live, and what its comment adds. */
export type SessionUpdate =
  /** Ends a session that is past its deadline, before anyone is told that it has ended. Changes nothing in a live one. */
  | { readonly type: 'expire' }
  /** Replaces `user` or `data`. With a `revision`, only at that one. */
  | {
      readonly type: 'replace';
      readonly member: 'data' | 'user';
      readonly value: JsonText | null;
      readonly revision?: number;
    }
  /** Merges into `data` (RFC 7396), if the result is no larger than `bytes_max`. With a `revision`, only at that one. */
  | { readonly type: 'patch'; readonly patch: JsonText; readonly bytes_max: number; readonly revision?: number }
  /**
   * Changes how long the session lives, and what its device is known by; does not count as activity. A shorter timeout
   * counts from the last activity, which is now at the latest. A session that is past its new deadline ends now.
   * `lifetime_ms_max` bounds `expire_time` from the opening on. With a `revision`, only at that one.
   */
  | {
      readonly type: 'amend';
      readonly changes: Amendment;
      readonly lifetime_ms_max: number | null;
      readonly revision?: number;
    }
  | { readonly type: 'close'; readonly reason: CloseReason }
  /** Notes activity, and counts `touch_window_ms` of it ahead. Changes nothing where what was noted covers it. */
  | { readonly type: 'touch'; readonly touch_window_ms: number }
  /** From the secret of one hash to that of the next, if the former is the present one. */
  | {
      readonly type: 'rotate';
      readonly from_hash: string;
      readonly to_hash: string;
      readonly nonce: string;
      readonly grace_until: number;
      readonly authentication: Authentication | null;
    };

/**
 * The result of an update. `session` is what is stored from then on: another object than before wherever it has changed.
 */
export type Applied = {
  readonly outcome:
    | 'updated'
    /** There was nothing to change. */
    | 'unchanged'
    /** The session has ended. One that was past its deadline, and open in the store, is ended by the refusal. */
    | 'refused'
    /** It has another revision, or another secret. */
    | 'conflict'
    /** The result would be larger than allowed. */
    | 'too_large'
    /** The session would live for longer than allowed. */
    | 'too_long';
  readonly session: Session;
};

export function open(id: string, fields: NewSession, now: number): Session {
  const { auth_time, auth_methods, auth_level } = fields.authentication ?? defaultAuthentication(now);
  return {
    id,
    user_id: fields.user_id,
    user_name: fields.user_name ?? null,
    address: fields.address ?? null,
    client: fields.client ?? null,
    user: fields.user ?? null,
    data: fields.data ?? null,
    open_time: now,
    request_time: now,
    active_until: now,
    idle_timeout_ms: fields.idle_timeout_ms,
    expire_time: fields.expire_time,
    close_time: null,
    close_reason: null,
    revision: 1,
    auth_time,
    auth_methods,
    auth_level,
    token: fields.token ?? null,
  };
}

/** The moment at which an open session ends by itself: the nearer of its two deadlines. */
export function deadline({ active_until, idle_timeout_ms, expire_time }: SessionSummary): number {
  const idle = active_until + idle_timeout_ms;
  return expire_time !== null && expire_time < idle ? expire_time : idle;
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

/**
 * Nothing changes or revives a session that is not live. `now` is when the request began, and is what gets written.
 * Liveness is judged by `decided_at`, when the change is applied: the request may have waited in a queue since `now`.
 * A session past its deadline is ended here, so that whoever is refused learns of an end that is in the store.
 * `mayEnd` is called before each end by a deadline, and throws where the clock is not to be trusted with it.
 */
export function apply(
  session: Session,
  update: SessionUpdate,
  now: number,
  decided_at = now,
  mayEnd: () => void = () => {},
): Applied {
  if (session.close_time !== null) return { outcome: 'refused', session };
  if (!isLive(session, Math.max(now, decided_at))) {
    mayEnd();
    return { outcome: update.type === 'expire' ? 'updated' : 'refused', session: expire(session) };
  }
  switch (update.type) {
    case 'expire':
      return { outcome: 'unchanged', session };
    case 'replace':
      if (isOther(session, update.revision)) return { outcome: 'conflict', session };
      return updated({ ...active(session, now), [update.member]: update.value });
    case 'patch': {
      if (isOther(session, update.revision)) return { outcome: 'conflict', session };
      const data = mergePatch(session.data, update.patch);
      if (data !== null && Buffer.byteLength(data) > update.bytes_max) return { outcome: 'too_large', session };
      return updated({ ...active(session, now), data });
    }
    case 'amend':
      return amend(session, update, Math.max(now, decided_at), mayEnd);
    case 'close': {
      const ending = active(session, now);
      return { outcome: 'updated', session: end(ending, ending.request_time, update.reason) };
    }
    case 'touch':
      if (now <= session.active_until) return { outcome: 'unchanged', session };
      return { outcome: 'updated', session: { ...active(session, now), active_until: now + update.touch_window_ms } };
    case 'rotate':
      return rotate(session, update, now);
  }
}

function amend(
  session: Session,
  update: SessionUpdate & { readonly type: 'amend' },
  now: number,
  mayEnd: () => void,
): Applied {
  const { changes, lifetime_ms_max, revision } = update;
  if (isOther(session, revision)) return { outcome: 'conflict', session };
  const amended = { ...withoutActivityAhead(session, changes, now), ...changes };
  const latest = lifetime_ms_max === null ? null : session.open_time + lifetime_ms_max;
  const { expire_time } = changes;
  if (latest !== null && expire_time !== undefined && (expire_time === null || expire_time > latest)) {
    return { outcome: 'too_long', session };
  }
  if (isLive(amended, now)) return updated(amended);
  mayEnd();
  const reason = deadline(amended) === amended.expire_time ? 'expired' : 'idle';
  return { outcome: 'updated', session: end(amended, now, reason) };
}

/** A touch counts activity ahead as far as the timeout of its time allowed, which would put off a shorter one. */
function withoutActivityAhead(session: Session, { idle_timeout_ms }: Amendment, now: number): Session {
  const isShorter = idle_timeout_ms !== undefined && idle_timeout_ms < session.idle_timeout_ms;
  if (!isShorter) return session;
  return { ...session, active_until: Math.min(session.active_until, Math.max(session.request_time, now)) };
}

function rotate(session: Session, update: SessionUpdate & { readonly type: 'rotate' }, now: number): Applied {
  const { token } = session;
  if (token?.hash !== update.from_hash) return { outcome: 'conflict', session };
  const { nonce, grace_until, to_hash, authentication } = update;
  const { auth_time, auth_methods, auth_level } = session;
  const replaced = authentication && { auth_time, auth_methods, auth_level };
  const inGrace = token.past.filter((secret) => now < secret.grace_until);
  const past = [{ hash: token.hash, nonce, grace_until, replaced }, ...inGrace].slice(0, PAST_SECRETS_MAX);
  return updated({ ...active(session, now), ...authentication, token: { ...token, hash: to_hash, past } });
}

function isOther(session: Session, revision: number | undefined): boolean {
  return revision !== undefined && revision !== session.revision;
}

/** With its activity moved to `now`: never back, where a clock stepped back or a touch has counted ahead. */
function active(session: Session, now: number): Session {
  return {
    ...session,
    request_time: Math.max(now, session.request_time),
    active_until: Math.max(now, session.active_until),
  };
}

function updated(session: Session): Applied {
  return { outcome: 'updated', session: { ...session, revision: session.revision + 1 } };
}

function end<S extends SessionSummary>(session: S, close_time: number, close_reason: CloseReason): S {
  const ended = { ...session, close_time, close_reason, revision: session.revision + 1 };
  return 'data' in session ? { ...ended, user: null, data: null } : ended;
}
