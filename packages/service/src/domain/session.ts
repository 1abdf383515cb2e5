import type { CloseReason } from '@pip-sessions/contract/close-reasons';
import { type Authentication, defaultAuthentication } from './authentication.ts';
import type { JsonText } from './json.ts';
import { mergePatch } from './merge-patch.ts';
import { PAST_SECRETS_MAX, type TokenState } from './tokens/tokens.ts';

export type { Authentication, CloseReason };

/**
 * One sign-in of one user, as it is stored. Properties have the same names as on the wire. Times are milliseconds since
 * 1970, and deadlines are absolute.
 *
 * A stored session that is past a deadline is not live, whether or not a sweep has closed it. Read it through `asOf`.
 */
export interface Session extends Authentication {
  /** Identifies the session. */
  readonly id: string;
  /** The id of the user, in the application's own terms. */
  readonly user_id: string;
  /** The name of the user to show; null if the application gave none. */
  readonly user_name: string | null;
  /** Where the user signed in from, as the application names it; usually an IP address. */
  readonly address: string | null;
  /** The device or program that the user signed in with, as the application names it; usually the user agent. */
  readonly client: string | null;
  /** The application's value about the user; null once the session has ended. */
  readonly user: JsonText | null;
  /** The application's value for this session; null once the session has ended. */
  readonly data: JsonText | null;
  /** When the session was opened. */
  readonly open_time: number;
  /** The last activity that was written. A sweep does not change it. */
  readonly request_time: number;
  /**
   * The session counts as active until this time. It is `request_time`, or after a touch the end of its activity
   * window. Activity within the window is not written again. The window is counted in favour of the user.
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
  /** Increases with every change except touches. */
  readonly revision: number;
  /** Null for a session of API v1: its callers have only the id. */
  readonly token: TokenState | null;
}

/** A session without `user`, `data` and the state of its token. Lists contain these. */
export type SessionSummary = Omit<Session, 'user' | 'data' | 'token'>;

/** The optional properties of an open request; null if absent. */
export type OpeningMembers = Partial<Pick<Session, 'user_name' | 'address' | 'client' | 'user' | 'data'>>;

/** The properties of a new session. */
export interface NewSession
  extends OpeningMembers,
    Pick<Session, 'user_id' | 'idle_timeout_ms' | 'expire_time'>,
    Partial<Pick<Session, 'token'>> {
  readonly authentication?: Authentication | null;
}

/** The properties that an amendment can change. */
export type Amendment = Partial<Pick<Session, 'idle_timeout_ms' | 'expire_time' | 'user_name' | 'address' | 'client'>>;

/**
 * A change to one session. Its guard is that the session is live. The comment of each update adds its other conditions.
 */
export type SessionUpdate =
  /** Ends a session that is past its deadline, before a caller sees it as ended. Does not change a live session. */
  | { readonly type: 'expire' }
  /** Replaces `user` or `data`. With a `revision`, only if the session has that revision. */
  | {
      readonly type: 'replace';
      readonly member: 'data' | 'user';
      readonly value: JsonText | null;
      readonly revision?: number;
    }
  /**
   * Merges `patch` into `data` (RFC 7396) if the result has at most `bytes_max` bytes. With a `revision`, only if the
   * session has it.
   */
  | { readonly type: 'patch'; readonly patch: JsonText; readonly bytes_max: number; readonly revision?: number }
  /**
   * Changes the timeouts or the device of a session. It does not count as activity.
   *
   * A shorter idle timeout counts from the last activity, at the latest from now. A session past its new deadline ends
   * now. `expire_time` may be at most `lifetime_ms_max` after the opening. With a `revision`, only if the session has
   * that revision.
   */
  | {
      readonly type: 'amend';
      readonly changes: Amendment;
      readonly lifetime_ms_max: number | null;
      readonly revision?: number;
    }
  | { readonly type: 'close'; readonly reason: CloseReason }
  /**
   * Records activity and starts an activity window of `touch_window_ms`. Changes nothing within the window of an
   * earlier touch.
   */
  | { readonly type: 'touch'; readonly touch_window_ms: number }
  /** Replaces the hash of the current secret by that of the next one, if the current hash is `from_hash`. */
  | {
      readonly type: 'rotate';
      readonly from_hash: string;
      readonly to_hash: string;
      readonly nonce: string;
      readonly grace_until: number;
      readonly authentication: Authentication | null;
    };

/** The result of an update. `session` is the session as it is then stored. It is a new object if it has changed. */
export type Applied = {
  readonly outcome:
    | 'updated'
    /** Nothing had to be changed. */
    | 'unchanged'
    /** The session has ended. If it was past its deadline and still open in the store, this update has ended it. */
    | 'refused'
    /** The session has another revision or another secret. */
    | 'conflict'
    /** The result would exceed the maximum size. */
    | 'too_large'
    /** The session would exceed the maximum lifetime. */
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

/** Returns the time at which an open session ends: the earlier of its two deadlines. */
export function deadline({ active_until, idle_timeout_ms, expire_time }: SessionSummary): number {
  const idle = active_until + idle_timeout_ms;
  return expire_time !== null && expire_time < idle ? expire_time : idle;
}

/**
 * Returns how long a live session lives without further activity, in milliseconds; null for an ended one. It is at most
 * the idle timeout: activity that is counted ahead makes a session live longer, which would look like a mistake.
 */
export function expiresInMs(session: SessionSummary, now: number): number | null {
  return session.close_time === null ? Math.max(0, Math.min(session.idle_timeout_ms, deadline(session) - now)) : null;
}

/** Whether a session is live. Every read, filter, limit and sweep uses this rule. */
export function isLive(session: SessionSummary, now: number): boolean {
  return session.close_time === null && now < deadline(session);
}

/**
 * Returns the session as it is at `now`. A session past a deadline is returned as closed at that deadline, whether or
 * not a sweep has closed it.
 */
export function asOf<S extends SessionSummary>(session: S, now: number): S {
  return session.close_time !== null || now < deadline(session) ? session : expire(session);
}

/** Closes a session at its deadline. `request_time` does not change. */
export function expire<S extends SessionSummary>(session: S): S {
  const close_time = deadline(session);
  return end(session, close_time, close_time === session.expire_time ? 'expired' : 'idle');
}

/**
 * Applies an update. It never changes or revives a session that is not live.
 *
 * `now` is the time at which the request began; it is the time that is written. `decided_at` is the time at which the
 * change is applied. It decides whether the session is live, because the request may have waited in a queue since
 * `now`. A session past its deadline is ended here. A caller whose update is rejected for it thus sees an end that is
 * stored. `mayEnd` is called before a session is ended by a deadline. It throws if the clock cannot be trusted.
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

/** The activity window of an earlier touch depends on the longer timeout. It must not extend a shorter one. */
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

/** Moves the activity to `now`; never backwards, also if a clock stepped back or `now` is within an activity window. */
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
