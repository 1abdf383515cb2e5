import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromStored, toStored } from './library-json.ts';

const cookieOf = (originalMaxAge: number) => ({ originalMaxAge, path: '/' });

test('a millisecond that the library loses per request changes no timeout', () => {
  let stored = toStored({ cookie: cookieOf(3_600_000), n: 1 }, null);
  for (let request = 0; request < 2000; request += 1) {
    const { originalMaxAge } = stored.cookie as { readonly originalMaxAge: number };
    stored = toStored({ ...fromStored(stored), cookie: cookieOf(originalMaxAge - 1) }, stored);
  }
  assert.deepEqual(stored, { cookie: cookieOf(3_600_000), n: 1 });
});

test('a session that was only read does not change', () => {
  for (const cookie of [cookieOf(60_000), { originalMaxAge: null, path: '/' }, { path: '/' }]) {
    const stored = toStored({ cookie, userId: 'u' }, null);
    assert.deepEqual(toStored(fromStored(stored), stored), stored);
  }
});

test('a maxAge that is changed by a second or more is stored', () => {
  const stored = toStored({ cookie: cookieOf(60_000) }, null);
  assert.deepEqual(toStored({ cookie: cookieOf(61_000) }, stored), { cookie: cookieOf(61_000) });
});
