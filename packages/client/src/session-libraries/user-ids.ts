import { isObject } from '../transport/json-object.ts';
import type { LibraryJson } from './library-json.ts';
import { SessionStoreError } from './store-error.ts';

/** Returns `userId`, else Passport's `user` or its `id`. */
export function defaultUserId({ userId, passport }: LibraryJson): unknown {
  if (userId !== undefined && userId !== null) return userId;
  const user = isObject(passport) ? passport.user : null;
  return isObject(user) && user.id !== undefined ? user.id : user;
}

/**
 * Converts a user id to a string; null for no user. Throws a `SessionStoreError` (code `INVALID_USER_ID`) for another
 * value.
 */
export function toUserId(value: unknown): string | null {
  if (value === undefined || value === null || value === false || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new SessionStoreError(
    'INVALID_USER_ID',
    `user_id is ${nameOf(value)}: the option user_id should return a string or a number that names the user, ` +
      'or null for a visitor, such as (session) => session.passport?.user?.id ?? null.',
  );
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${String(value)}`;
}
