import { isObject } from '../transport/json-object.ts';
import { systemTime } from '../transport/platform.ts';

/** The session of a library as JSON: the application's members, and `cookie`. */
export type LibraryJson = Readonly<Record<string, unknown>>;

/** What the library computes anew from `originalMaxAge` with each request. */
const COMPUTED: ReadonlySet<string> = new Set(['expires', 'originalExpires']);
/** The service counts in seconds. What ends sooner is judged by `expires`, which is stored then. */
const SHORT_MS = 1000;

/**
 * A session as it is stored. When the cookie expires follows from the last activity, which the service knows better. So
 * a session that was only used has not changed. `before` is what the session was read as.
 */
export function toStored(session: object, before: LibraryJson | null): LibraryJson {
  const { cookie, ...members } = JSON.parse(JSON.stringify(session));
  const max_age_ms = lifeOf(cookie, before?.cookie);
  if (!isObject(cookie) || max_age_ms === null) return { ...members, cookie };
  const kept = Object.entries(cookie).filter(([name]) => !COMPUTED.has(name));
  const stored = { ...Object.fromEntries(kept), originalMaxAge: max_age_ms };
  return { ...members, cookie: max_age_ms < SHORT_MS ? { ...stored, expires: cookie.expires } : stored };
}

/** The session as the library gets it back, with a cookie that expires `maxAge` from now. */
export function fromStored(data: LibraryJson): LibraryJson {
  const { cookie } = data;
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms === null || !isObject(cookie)) return structuredClone(data);
  const expires = cookie.expires ?? new Date(systemTime() + max_age_ms).toISOString();
  return { ...structuredClone(data), cookie: { ...cookie, expires } };
}

/** Whether `expires` is stored, and past. */
export function hasExpired({ cookie }: LibraryJson): boolean {
  const expires = expiresOf(cookie);
  return expires !== null && expires <= systemTime();
}

/** Whether activity has to be stored by the adapter, since the service cannot count it in seconds. */
export function isShortLived({ cookie }: LibraryJson): boolean {
  const max_age_ms = maxAgeOf(cookie);
  return max_age_ms !== null && max_age_ms < SHORT_MS;
}

/** Milliseconds for which a session lives from now on without activity; null for as long as the service's default. */
export function remainingMs({ cookie }: LibraryJson): number | null {
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms !== null) return max_age_ms;
  const expires = expiresOf(cookie);
  return expires === null ? null : expires - systemTime();
}

/**
 * What `maxAge` is from now on; null for none. express-session follows a new `expires` with `originalMaxAge`, and loses
 * a millisecond now and then; @fastify/session leaves `originalMaxAge` as it was.
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

function maxAgeOf(cookie: unknown): number | null {
  const max_age_ms = isObject(cookie) ? cookie.originalMaxAge : null;
  return typeof max_age_ms === 'number' ? max_age_ms : null;
}

function expiresOf(cookie: unknown): number | null {
  const expires = isObject(cookie) ? cookie.expires : null;
  const time = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
