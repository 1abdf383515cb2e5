import { type LibraryJson, maxAgeOf, SHORT_MS, storedSession } from '@pip-sessions/contract/library-session';
import { isObject } from '../transport/json-object.ts';
import { systemTime } from '../transport/platform.ts';

export type { LibraryJson };

/**
 * Converts a session to its stored form. It has no expiry of the cookie: that depends on the last activity, which the
 * service records. So a session that was only used has not changed. `before` is the version that was read.
 */
export function toStored(session: object, before: LibraryJson | null): LibraryJson {
  const json: LibraryJson = JSON.parse(JSON.stringify(session));
  return storedSession(json, lifeOf(json.cookie, before?.cookie));
}

/** Converts the stored form to the session that the library gets. Its cookie expires `maxAge` from now. */
export function fromStored(data: LibraryJson): LibraryJson {
  const { cookie } = data;
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms === null || !isObject(cookie)) return structuredClone(data);
  const expires = cookie.expires ?? new Date(systemTime() + max_age_ms).toISOString();
  return { ...structuredClone(data), cookie: { ...cookie, expires } };
}

/** Whether a stored `expires` is in the past. */
export function hasExpired({ cookie }: LibraryJson): boolean {
  const expires = expiresOf(cookie);
  return expires !== null && expires <= systemTime();
}

/** Whether the adapter must store activity, because the service cannot count it in seconds. */
export function isShortLived({ cookie }: LibraryJson): boolean {
  const max_age_ms = maxAgeOf(cookie);
  return max_age_ms !== null && max_age_ms < SHORT_MS;
}

/** The remaining lifetime without activity in milliseconds; null for the service's default. */
export function remainingMs({ cookie }: LibraryJson): number | null {
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms !== null) return max_age_ms;
  const expires = expiresOf(cookie);
  return expires === null ? null : expires - systemTime();
}

/**
 * The new `maxAge` in milliseconds; null for none. For a changed `expires`, express-session updates `originalMaxAge`,
 * and sometimes loses a millisecond. @fastify/session does not update `originalMaxAge`.
 */
function lifeOf(cookie: unknown, before: unknown): number | null {
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms === null) return null;
  const former_ms = maxAgeOf(before);
  const isUnchanged =
    former_ms !== null && Math.min(former_ms, max_age_ms) >= SHORT_MS && Math.abs(former_ms - max_age_ms) < SHORT_MS;
  const life_ms = isUnchanged ? former_ms : max_age_ms;
  const expires = expiresOf(cookie);
  if (expires === null || max_age_ms < SHORT_MS) return life_ms;
  const remaining_ms = expires - systemTime();
  const original = isObject(cookie) && typeof cookie.originalExpires === 'string' ? cookie.originalExpires : null;
  const isAsRead = original !== null && Math.abs(expires - Date.parse(original)) < SHORT_MS;
  const isLonger = remaining_ms >= max_age_ms + SHORT_MS;
  const isShorter = original !== null && remaining_ms <= max_age_ms - SHORT_MS;
  return isAsRead || !(isLonger || isShorter) ? life_ms : remaining_ms;
}

function expiresOf(cookie: unknown): number | null {
  const expires = isObject(cookie) ? cookie.expires : null;
  const time = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
