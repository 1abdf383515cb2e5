import { isObject } from '../transport/json-object.ts';
import { systemTime } from '../transport/platform.ts';
import type { LibraryJson } from './library-json.ts';

/**
 * Converts a session of koa-session to its stored form. The library's `_maxAge` becomes `cookie.originalMaxAge`, as the
 * other libraries have it. A property `cookie` of the application becomes `_cookie`: the library stores no property of
 * the application whose name begins with `_`.
 */
export function fromKoa(session: object): LibraryJson {
  const { cookie, _maxAge = null, _session: _, ...members } = JSON.parse(JSON.stringify(session));
  return { ...members, ...(cookie !== undefined && { _cookie: cookie }), cookie: { originalMaxAge: _maxAge } };
}

/**
 * Converts the stored form to the session that the library gets. With `isRolling`, the session expires `maxAge` from
 * now, else as it was saved.
 */
export function toKoa(data: LibraryJson, isRolling: boolean): LibraryJson {
  const { cookie, _cookie, _expire, ...members } = structuredClone(data);
  const max_age_ms = isObject(cookie) && typeof cookie.originalMaxAge === 'number' ? cookie.originalMaxAge : null;
  const own = { ...members, ...(_cookie !== undefined && { cookie: _cookie }) };
  if (max_age_ms === null) return { ...own, _session: true };
  return { ...own, _maxAge: max_age_ms, _expire: isRolling ? systemTime() + max_age_ms : _expire };
}

/** The stored form without the moment at which the library ends the session: each save has another one. */
export function withoutExpiry({ _expire: _, ...data }: LibraryJson): LibraryJson {
  return data;
}
