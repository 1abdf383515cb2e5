import { ENTRY_OWNER_PREFIX, ENTRY_OWNERS_COUNT } from '@pip-sessions/contract/browser-entries';
import { invalidMember } from '../errors.ts';

/**
 * Owners of browser entries. A session library stores an entry for each browser; the entry says which session the
 * browser has. `@pip-sessions/client` opens the entries under these user ids. An entry is not a sign-in: no statistic
 * counts entries, and the limit of sessions per user does not apply to them.
 *
 * The number of owners is fixed, so that every store counts their entries by its index of users. With 64 owners the
 * entries are spread over the shards of a store.
 */
export const OWNERS_OF_ENTRIES: readonly string[] = Array.from(
  { length: ENTRY_OWNERS_COUNT },
  (_, n) => `${ENTRY_OWNER_PREFIX}${n}`,
);
const OWNERS_SET: ReadonlySet<string> = new Set(OWNERS_OF_ENTRIES);

export function ownsBrowserEntries(user_id: string): boolean {
  return OWNERS_SET.has(user_id);
}

/** Throws `INVALID_DATA` for an owner of browser entries: its entries belong to the browsers of many users. */
export function assertIsUser(user_id: string): void {
  if (ownsBrowserEntries(user_id)) throw invalidMember('user_id', 'must be a user: it owns browser entries');
}
