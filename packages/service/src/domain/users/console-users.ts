import { CONSOLE_USER_PREFIX } from '@pip-sessions/contract/console-users';
import { invalidMember } from '../errors.ts';

/** Returns the user of the console's sessions that were opened with an API key. */
export function consoleUserOf(key: string): string {
  return CONSOLE_USER_PREFIX + key;
}

/** Returns the name of the API key with which a session of the console was opened; null for another session. */
export function keyOfConsoleUser(user_id: string): string | null {
  return user_id.startsWith(CONSOLE_USER_PREFIX) ? user_id.slice(CONSOLE_USER_PREFIX.length) : null;
}

/** Throws `INVALID_DATA` for a user of the console. Otherwise a caller could give itself the rights of any key. */
export function assertOfApplication(user_id: string): void {
  if (keyOfConsoleUser(user_id) === null) return;
  throw invalidMember('user_id', `must not begin with ${CONSOLE_USER_PREFIX}`);
}
