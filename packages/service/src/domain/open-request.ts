import { type Authentication, defaultAuthentication } from './authentication.ts';
import { invalidMember } from './errors.ts';
import { type ActorMembers, lifetimeMsMax, type OpeningMembers, open, type Session } from './session.ts';
import type { SessionsSettings } from './settings.ts';
import type { TokenState } from './tokens/tokens.ts';
import { assertOfApplication } from './users/console-users.ts';

/** The request of an application to open a session. Absent properties are null or get the default of the settings. */
export interface OpenRequest
  extends OpeningMembers,
    Partial<ActorMembers>,
    Pick<Session, 'user_id'>,
    Partial<Pick<Session, 'idle_timeout_ms' | 'expire_time'>> {
  /** How the user authenticated. Default: now, without methods and without a level. */
  readonly authentication?: Partial<Authentication>;
  /** Whether the console opens it for its own user; see `consoleUserOf`. Default false. */
  readonly is_of_console?: boolean;
}

/** The result of opening a session. */
export interface Opened {
  /** The session that was opened. */
  readonly session: Session;
  /** Ids of the user's sessions that were evicted for it. */
  readonly evicted: readonly string[];
}

/** At least 16 characters, so that it can be random; at most 255, so that it fits into a header. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{16,255}$/;

/**
 * Throws `INVALID_DATA` for a key that can be guessed. The id and the first token of the session follow from the key.
 */
export function assertIdempotencyKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return;
  throw invalidMember('Idempotency-Key', 'must be 16 to 255 visible ASCII characters; use a random value');
}

/** Throws `INVALID_DATA` for a timeout beyond its maximum. */
export function assertIdleTimeout(idle_timeout_ms: number, idle_timeout_ms_max: number): void {
  if (idle_timeout_ms <= idle_timeout_ms_max) return;
  throw invalidMember('idle_timeout', `must not be longer than ${idle_timeout_ms_max / 1000} seconds`);
}

/** Throws `INVALID_DATA` for a timeout beyond its maximum, and for a user of the console. */
export function newSession(
  id: string,
  request: OpenRequest,
  token: TokenState | null,
  settings: SessionsSettings,
  now: number,
): Session {
  if (!request.is_of_console) assertOfApplication(request.user_id);
  const { idle_timeout_ms_max } = settings;
  const { idle_timeout_ms = settings.idle_timeout_ms, authentication } = request;
  const lifetime_ms_max = lifetimeMsMax({ actor_id: request.actor_id ?? null }, settings);
  const latest = lifetime_ms_max === null ? null : now + lifetime_ms_max;
  const { expire_time = latest } = request;
  assertIdleTimeout(idle_timeout_ms, idle_timeout_ms_max);
  if (expire_time !== null && expire_time <= now) throw invalidMember('expire_time', 'must be in the future');
  if (latest !== null && (expire_time === null || expire_time > latest)) {
    throw invalidMember('expire_time', `must be at most ${(latest - now) / 1000} seconds from now`);
  }
  const proven = authentication ? { ...defaultAuthentication(now), ...authentication } : null;
  return open(id, { ...request, idle_timeout_ms, expire_time, token, authentication: proven }, now);
}
