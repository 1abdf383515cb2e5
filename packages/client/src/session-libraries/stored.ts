import type { Session } from '../contract/v2.ts';
import { isObject } from '../json-object.ts';
import { systemTime } from '../platform.ts';

/** The session of a library as JSON: the application's members, and `cookie`. */
export type LibraryJson = Readonly<Record<string, unknown>>;

/** Whose the session is: a session of the service that is that user's, for lists, limits and revocation. */
export interface SignIn {
  readonly user_id: string;
  readonly session_id: string;
}

/** A session of a library as it is in the service. */
export interface Stored {
  readonly revision: number;
  readonly data: LibraryJson;
  readonly sign_in: SignIn | null;
}

/** Null for what no store of ours has written, or what has ended. */
export function storedOf({ active, revision, data, user }: Session): Stored | null {
  return active && isObject(data) ? { revision, data, sign_in: signInOf(user) } : null;
}

function signInOf(user: unknown): SignIn | null {
  if (!isObject(user)) return null;
  const { user_id, session_id } = user;
  return typeof user_id === 'string' && typeof session_id === 'string' ? { user_id, session_id } : null;
}

/**
 * As it is stored: when the cookie expires follows from the last activity, which the service knows better. So a
 * session that was only used has not changed.
 */
export function toStored(session: object): LibraryJson {
  const { cookie, ...members } = JSON.parse(JSON.stringify(session));
  return { ...members, cookie: maxAgeOf(cookie) === null ? cookie : without(cookie, COMPUTED) };
}

const COMPUTED: ReadonlySet<string> = new Set(['expires', 'originalExpires']);

/** As the library gets it back, with a cookie that expires `maxAge` from now. */
export function fromStored(data: LibraryJson): LibraryJson {
  const { cookie } = data;
  const max_age_ms = maxAgeOf(cookie);
  if (max_age_ms === null || !isObject(cookie)) return structuredClone(data);
  const expires = new Date(systemTime() + max_age_ms).toISOString();
  return { ...structuredClone(data), cookie: { ...cookie, expires } };
}

const SECONDS_MAX = 315_360_000;

/** Seconds without activity that end the session: the cookie's `maxAge`, or what the service has as its default. */
export function idleTimeoutOf({ cookie }: LibraryJson): { readonly idle_timeout?: number } {
  const max_age_ms = maxAgeOf(cookie);
  return max_age_ms === null ? {} : { idle_timeout: Math.max(1, Math.min(Math.ceil(max_age_ms / 1000), SECONDS_MAX)) };
}

function maxAgeOf(cookie: unknown): number | null {
  const max_age_ms = isObject(cookie) ? cookie.originalMaxAge : null;
  return typeof max_age_ms === 'number' ? max_age_ms : null;
}

function without(object: unknown, names: ReadonlySet<string>): unknown {
  return isObject(object) ? Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name))) : object;
}
