import type { SessionSummary, SessionUpdate } from './session.ts';
import type { SessionLimit } from './store.ts';

/** The settings of the use cases. Durations are milliseconds. */
export interface SessionsSettings {
  /** Inactivity after which a session that is opened now will end, unless it says another. */
  readonly idle_timeout_ms: number;
  /** The maximum idle timeout of a session. */
  readonly idle_timeout_ms_max: number;
  /** From opening to the absolute deadline; null for no bound. It is the default too. */
  readonly lifetime_ms_max: number | null;
  /** How often the activity of a session is written at most. */
  readonly touch_interval_ms: number;
  /** How long a rotated token may still be presented. */
  readonly rotation_grace_ms: number;
  /** The limit of live sessions per user; null for none. */
  readonly limit: SessionLimit | null;
  /** How long a session is kept after its end; null for ever. */
  readonly retention_ms: number | null;
  /** The largest page that a list answers. */
  readonly page_size_max: number;
}

/** What is not set: one day of inactivity, and nothing else that API v1 would not know. */
export const SESSIONS_SETTINGS: SessionsSettings = Object.freeze({
  idle_timeout_ms: 86_400_000,
  idle_timeout_ms_max: Number.MAX_SAFE_INTEGER,
  lifetime_ms_max: null,
  touch_interval_ms: 60_000,
  rotation_grace_ms: 30_000,
  limit: null,
  retention_ms: null,
  page_size_max: 100,
});

/** A touch counts no more of a session's idle timeout ahead than this part of it. */
const TOUCH_PART_MAX = 1 / 10;

type Touch = SessionUpdate & { readonly type: 'touch' };

/** The touch that a session in use gets. */
export function touchOf({ idle_timeout_ms }: SessionSummary, { touch_interval_ms }: SessionsSettings): Touch {
  return { type: 'touch', touch_window_ms: Math.min(touch_interval_ms, Math.floor(idle_timeout_ms * TOUCH_PART_MAX)) };
}

/** Nobody keeps an answer for longer, whatever the session's deadlines are. */
const KEPT_MS_MAX = 60_000;

/**
 * For how long a validation may be answered again without asking: as long as its activity is counted ahead, so that a
 * session which is in use behind somebody's memory does not become idle, and never past a deadline of the session, nor past
 * the grace of its token (`token_until`, null for the present token).
 */
export function keptFor(
  { active_until, expire_time }: SessionSummary,
  { touch_window_ms }: Touch,
  token_until: number | null,
  now: number,
): number {
  let kept_ms = Math.min(KEPT_MS_MAX, now > active_until ? touch_window_ms : active_until - now);
  if (expire_time !== null) kept_ms = Math.min(kept_ms, expire_time - now);
  return token_until === null ? kept_ms : Math.min(kept_ms, token_until - now);
}
