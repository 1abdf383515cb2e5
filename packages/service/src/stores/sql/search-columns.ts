import { addressKey, nameKey, textNumber } from '../../domain/lists/search-keys.ts';
import type { Session } from '../../domain/session.ts';
import type { ScanKey } from '../../domain/store.ts';

type Named = Pick<Session, 'user_name' | 'address' | 'client'>;

/** The columns by which sessions are searched, computed from others. Lists do not read them. */
export const SEARCH_KEYS = {
  user_name_key: ({ user_name }: Named) => (user_name === null ? null : nameKey(user_name)),
  address_key: ({ address }: Named) => (address === null ? null : addressKey(address)),
  client_key: ({ client }: Named) => (client === null ? null : textNumber(client)),
} as const;

/** The property from which each of them follows. */
export const SOURCES = { user_name_key: 'user_name', address_key: 'address', client_key: 'client' } as const;

export const KEY_COLUMNS = Object.keys(SEARCH_KEYS) as readonly (keyof typeof SEARCH_KEYS)[];

/**
 * The first column of the indexes for searches. Sessions are opened in the order of time, so these indexes are written at
 * one place, which is in memory. A search looks at each part. A part is 2 to the 22nd milliseconds, 70 minutes.
 */
export const TIME_PART = '(open_time >> 22)';
const TIME_PART_MS = 2 ** 22;

/** The first moment of the part of a time. */
export function cellOf(open_time: number): number {
  return Math.floor(open_time / TIME_PART_MS) * TIME_PART_MS;
}

/** How many index entries with a searched value one page may look at. */
export const SEARCHED_MAX = 20_000;

/** No id comes after it. */
export const LAST_ID = '\u{10ffff}';

/** The number after that of the latest part in which sessions come after a key; later than all parts without a key. */
export function searchBegin(after: ScanKey | null): number {
  if (after === null) return 2 ** 40;
  const latest = after.id === LAST_ID ? after.open_time - 1 : after.open_time;
  return Math.floor(latest / TIME_PART_MS) + 1;
}

/** The key after the last session of a part. */
export function keyAfterPart(part: number): ScanKey {
  return { open_time: part * TIME_PART_MS, id: LAST_ID };
}
