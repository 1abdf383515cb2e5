import { invalidMember } from '../errors.ts';

const PREFIX = 'urn:pip-sessions:console:';

/** Returns the user of the console's sessions that were opened with an API key. */
export function consoleUserOf(key: string): string {
  return PREFIX + key;
}

/** Returns the name of the API key with which a session of the console was opened; null for another session. */
export function keyOfConsoleUser(user_id: string): string | null {
  return user_id.startsWith(PREFIX) ? user_id.slice(PREFIX.length) : null;
}

/** Throws `INVALID_DATA` for a user of the console. Otherwise a caller could give itself the rights of any key. */
export function assertOfApplication(user_id: string): void {
  if (keyOfConsoleUser(user_id) !== null) throw invalidMember('user_id', `must not begin with ${PREFIX}`);
}
