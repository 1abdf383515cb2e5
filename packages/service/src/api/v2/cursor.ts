import { invalidMember } from '../../domain/errors.ts';
import type { ScanKey } from '../../domain/store.ts';
import { isStorable } from '../text-bounds.ts';

/** A place in a list as callers carry it: opaque to them, and no secret. */
export function cursorOf({ open_time, id }: ScanKey): string {
  return Buffer.from(`${open_time}.${id}`).toString('base64url');
}

const CURSOR = /^(\d{1,16})\.(.+)$/s;

/** Throws `INVALID_DATA` for what is no cursor of this service. */
export function parseCursor(cursor: string): ScanKey {
  const [, open_time, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const key = { open_time: Number(open_time), id: id ?? '' };
  const isOwn = Number.isSafeInteger(key.open_time) && key.id !== '' && isStorable(key.id) && cursorOf(key) === cursor;
  if (!isOwn) throw invalidMember('cursor', 'must be the next_cursor of a page before');
  return key;
}
