import { invalidMember } from '../../domain/errors.ts';
import type { ScanKey } from '../../domain/store.ts';
import { isStorable } from '../text-bounds.ts';

/** Returns a position in a list as a cursor: opaque to callers, and not secret. */
export function cursorOf({ open_time, id }: ScanKey): string {
  return Buffer.from(`${open_time}.${id}`).toString('base64url');
}

const CURSOR = /^(\d{1,16})\.(.+)$/s;

/** Parses a cursor. Throws `INVALID_DATA` if this service did not make it. */
export function parseCursor(cursor: string): ScanKey {
  const [, open_time, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const key = { open_time: Number(open_time), id: id ?? '' };
  const isOwn = Number.isSafeInteger(key.open_time) && key.id !== '' && isStorable(key.id) && cursorOf(key) === cursor;
  if (!isOwn) throw invalidMember('cursor', 'must be the next_cursor of a previous page');
  return key;
}
