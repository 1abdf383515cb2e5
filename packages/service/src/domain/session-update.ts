import type { Authentication } from './authentication.ts';
import type { JsonText } from './json.ts';
import { mergePatch } from './merge-patch.ts';
import { type CloseReason, deadline, end, expire, isLive, lifetimeMsMax, type Session } from './session.ts';
import { PAST_SECRETS_MAX } from './tokens/tokens.ts';

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
   * now. `expire_time` may be at most `lifetime_ms_max` after the opening, or `actor_lifetime_ms_max` if the session has
   * an actor. With a `revision`, only if the session has that revision.
   */
  | {
      readonly type: 'amend';
      readonly changes: Amendment;
      readonly lifetime_ms_max: number | null;
      readonly actor_lifetime_ms_max: number;
      readonly revision?: number;
    }
  /** Ends a session. `by` is who ends it; reasons of the service have their own (`CLOSED_BY`). */
  | { readonly type: 'close'; readonly reason: CloseReason; readonly by?: string | undefined }
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
      return { outcome: 'updated', session: end(ending, ending.request_time, update.reason, update.by) };
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
  const { changes, revision } = update;
  if (isOther(session, revision)) return { outcome: 'conflict', session };
  const amended = { ...withoutActivityAhead(session, changes, now), ...changes };
  const lifetime_ms_max = lifetimeMsMax(session, update);
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
