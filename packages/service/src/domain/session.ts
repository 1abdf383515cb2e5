import type { ActorType } from '@pip-sessions/contract/actor';
import { CLOSED_BY, type CloseReason } from '@pip-sessions/contract/close-reasons';
import { type Authentication, defaultAuthentication } from './authentication.ts';
import type { JsonText } from './json.ts';
import type { TokenState } from './tokens/tokens.ts';

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
  /** The one who ended the session; null while it is open in the store. See `CLOSED_BY`. */
  readonly closed_by: string | null;
  /** The kind of the actor; null for a session that the user opened. */
  readonly actor_type: ActorType | null;
  /** The id of the actor; null for a session that the user opened. */
  readonly actor_id: string | null;
  /** Why the actor acts, as the application says it. */
  readonly actor_reason: string | null;
  /** Null for a session of API v1: its callers have only the id. */
  readonly token: TokenState | null;
}

/** The properties of the actor. */
export type ActorMembers = Pick<Session, 'actor_type' | 'actor_id' | 'actor_reason'>;

/** A session without `user`, `data` and the state of its token. Lists contain these. */
export type SessionSummary = Omit<Session, 'user' | 'data' | 'token'>;

/** The optional properties of an open request; null if absent. */
export type OpeningMembers = Partial<Pick<Session, 'user_name' | 'address' | 'client' | 'user' | 'data'>>;

/** The properties of a new session. */
export interface NewSession
  extends OpeningMembers,
    Partial<ActorMembers>,
    Pick<Session, 'user_id' | 'idle_timeout_ms' | 'expire_time'>,
    Partial<Pick<Session, 'token'>> {
  readonly authentication?: Authentication | null;
}

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
    closed_by: null,
    actor_type: fields.actor_type ?? null,
    actor_id: fields.actor_id ?? null,
    actor_reason: fields.actor_reason ?? null,
    token: fields.token ?? null,
  };
}

/** Whether the session has an actor. */
export function hasActor({ actor_id }: Pick<Session, 'actor_id'>): boolean {
  return actor_id !== null;
}

/** Whether two sessions have the same actor, or both have none. */
export function isSameActor(one: ActorMembers, other: ActorMembers): boolean {
  return one.actor_type === other.actor_type && one.actor_id === other.actor_id;
}

/** The maximum lifetime of a session from its opening: a session with an actor has its own; null for no maximum. */
export function lifetimeMsMax(
  session: Pick<Session, 'actor_id'>,
  { lifetime_ms_max, actor_lifetime_ms_max }: LifetimeMaxima,
): number | null {
  if (!hasActor(session)) return lifetime_ms_max;
  return Math.min(actor_lifetime_ms_max, lifetime_ms_max ?? actor_lifetime_ms_max);
}

/** The maximum lifetimes, in milliseconds. */
export interface LifetimeMaxima {
  /** For a session of the user, from its opening; also the default. Null for no maximum. */
  readonly lifetime_ms_max: number | null;
  /** For a session with an actor, from its opening; also the default. */
  readonly actor_lifetime_ms_max: number;
}

/** Returns the time at which an open session ends: the earlier of its two deadlines. */
export function deadline({ active_until, idle_timeout_ms, expire_time }: SessionSummary): number {
  const idle = active_until + idle_timeout_ms;
  return expire_time !== null && expire_time < idle ? expire_time : idle;
}

/**
 * Returns how long a live session lives without further activity, in milliseconds; null for an ended one. A touch also
 * covers the touch window after it, so the session can live longer than the idle timeout. The result is at most the idle
 * timeout, because a larger value would look like a mistake.
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

/** Returns the session as ended. `by` counts only for reasons that a caller gives (`CLOSED_BY`). */
export function end<S extends SessionSummary>(
  session: S,
  close_time: number,
  close_reason: CloseReason,
  by?: string,
): S {
  const closed_by = CLOSED_BY[close_reason] ?? by ?? null;
  const ended = { ...session, close_time, close_reason, closed_by, revision: session.revision + 1 };
  return 'data' in session ? { ...ended, user: null, data: null } : ended;
}
