/** A session of a session library as JSON: the properties of the application, and `cookie`. */
export type LibraryJson = Readonly<Record<string, unknown>>;

/** Properties of the cookie that the library computes from `originalMaxAge` with each request. */
const COMPUTED: ReadonlySet<string> = new Set(['expires', 'originalExpires']);
/** The service counts in seconds. The end of a shorter session follows from `expires`, which is then stored. */
export const SHORT_MS = 1000;

/**
 * Returns a session in its stored form, for a `maxAge` in milliseconds or null. It has no expiry of the cookie: that
 * depends on the last activity, which the service records.
 */
export function storedSession(session: LibraryJson, max_age_ms: number | null): LibraryJson {
  const { cookie, ...members } = session;
  if (!isObject(cookie) || max_age_ms === null) return { ...members, cookie };
  const kept = Object.entries(cookie).filter(([name]) => !COMPUTED.has(name));
  const stored = { ...Object.fromEntries(kept), originalMaxAge: max_age_ms };
  return { ...members, cookie: max_age_ms < SHORT_MS ? { ...stored, expires: cookie.expires } : stored };
}

/** Returns the cookie's `originalMaxAge` in milliseconds; null for none. */
export function maxAgeOf(cookie: unknown): number | null {
  const max_age_ms = isObject(cookie) ? cookie.originalMaxAge : null;
  return typeof max_age_ms === 'number' ? max_age_ms : null;
}

/** Returns `userId`, else Passport's `user` or its `id`. */
export function defaultUserId({ userId, passport }: LibraryJson): unknown {
  if (userId !== undefined && userId !== null) return userId;
  const user = isObject(passport) ? passport.user : null;
  return isObject(user) && user.id !== undefined ? user.id : user;
}

/**
 * Converts a user id to a string; null for no user. Returns undefined for a value that cannot name a user, such as an
 * object.
 */
export function userIdOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === false || value === '') return null;
  if (typeof value === 'string') return value;
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)) ? String(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
