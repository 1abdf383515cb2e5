import type { LifetimeMaxima, SessionSummary } from './session.ts';
import type { SessionUpdate } from './session-update.ts';
import type { SessionLimit } from './store.ts';

/** The settings of the use cases. Durations are milliseconds. */
export interface SessionsSettings extends LifetimeMaxima {
  /** Idle timeout of a new session if the request does not set one. */
  readonly idle_timeout_ms: number;
  /** The maximum idle timeout of a session. */
  readonly idle_timeout_ms_max: number;
  /** Minimum time between two writes of a session's activity. */
  readonly touch_interval_ms: number;
  /** Grace period: how long a rotated token stays valid. */
  readonly rotation_grace_ms: number;
  /** The limit of live sessions per user; null for none. */
  readonly limit: SessionLimit | null;
  /** Retention period: how long an ended session is stored before a sweep deletes it; null for ever. */
  readonly retention_ms: number | null;
  /** Maximum number of sessions on a page of a list. */
  readonly page_size_max: number;
}

/** Defaults. They match API v1: a 24 h idle timeout, no absolute lifetime, no limit, no retention. */
export const SESSIONS_SETTINGS: SessionsSettings = Object.freeze({
  idle_timeout_ms: 86_400_000,
  idle_timeout_ms_max: Number.MAX_SAFE_INTEGER,
  lifetime_ms_max: null,
  actor_lifetime_ms_max: 3_600_000,
  touch_interval_ms: 60_000,
  rotation_grace_ms: 30_000,
  limit: null,
  retention_ms: null,
  page_size_max: 100,
});

/** Maximum activity window of a touch, as a fraction of the idle timeout. */
const TOUCH_PART_MAX = 1 / 10;

type Touch = SessionUpdate & { readonly type: 'touch' };

/** Returns the touch that records activity of a session. */
export function touchOf({ idle_timeout_ms }: SessionSummary, { touch_interval_ms }: SessionsSettings): Touch {
  return { type: 'touch', touch_window_ms: Math.min(touch_interval_ms, Math.floor(idle_timeout_ms * TOUCH_PART_MAX)) };
}

/** Maximum time for which a client may cache a validation, whatever the deadlines of the session are. */
const CACHEABLE_MS_MAX = 60_000;

/**
 * Returns how long a validation may be cached, in milliseconds. `touch` is null for a passive validation, which writes
 * none. The time ends with the earliest of these:
 * - The activity window of the last touch. Otherwise a session in use behind a cache would become idle.
 * - The absolute deadline of the session.
 * - `token_until`, the end of the token's grace period; null for the current token.
 */
export function cacheableMs(
  { active_until, expire_time }: SessionSummary,
  touch: Touch | null,
  token_until: number | null,
  now: number,
): number {
  let kept_ms = Math.min(CACHEABLE_MS_MAX, now > active_until ? (touch?.touch_window_ms ?? 0) : active_until - now);
  if (expire_time !== null) kept_ms = Math.min(kept_ms, expire_time - now);
  return token_until === null ? kept_ms : Math.min(kept_ms, token_until - now);
}
