import { userIdOf } from '@pip-sessions/contract/library-session';
import { SessionStoreError } from '../store-error.ts';

/**
 * Converts a user id to a string; null for no user. Throws a `SessionStoreError` (code `INVALID_USER_ID`) for another
 * value.
 */
export function toUserId(value: unknown): string | null {
  const user_id = userIdOf(value);
  if (user_id !== undefined) return user_id;
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
