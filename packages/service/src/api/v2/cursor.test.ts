import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cursorOf, parseCursor } from './cursor.ts';

test('parsing a cursor returns its position', () => {
  for (const key of [
    { open_time: 0, id: 'a' },
    { open_time: Number.MAX_SAFE_INTEGER, id: 'a.b\nc' },
  ]) {
    assert.deepEqual(parseCursor(cursorOf(key)), key);
  }
});

test('a cursor with an invalid time, or in another encoding, is rejected', () => {
  const texts = ['9007199254741000.1e-6', '9007199254740993.a', '01.a', '1.', '1.a\0', '-1.a', 'a'];
  const cursors = texts.map((text) => Buffer.from(text).toString('base64url'));
  for (const cursor of [...cursors, '', `${cursorOf({ open_time: 1, id: 'a' })}=`]) {
    assert.throws(() => parseCursor(cursor), { code: 'INVALID_DATA', message: /next_cursor/ }, cursor);
  }
});
