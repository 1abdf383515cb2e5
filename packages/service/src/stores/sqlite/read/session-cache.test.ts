import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from '../../../domain/session.ts';
import { SessionCache } from './session-cache.ts';

/** Space for ten sessions without texts. */
const BYTES_MAX = 6_000;
const session = (id: string) => open(id, { user_id: 'u', idle_timeout_ms: 1, expire_time: null }, 0);

function cached(cache: SessionCache, ids: readonly string[]): string[] {
  return ids.filter((id) => cache.get(id) !== undefined);
}

test('the cache keeps sessions that are read often and evicts the others', () => {
  const cache = new SessionCache(BYTES_MAX);
  const ids = Array.from({ length: 30 }, (_, n) => `s${n}`);
  for (const id of ids) {
    cache.set(session(id));
    assert.equal(cache.get('s0')?.id, 's0');
  }
  const kept = cached(cache, ids);
  assert.ok(kept.length <= 10, `${kept.length} sessions are kept`);
  assert.deepEqual([kept[0], kept.at(-1)], ['s0', 's29']);
});

for (const name of ['user_name', 'address', 'client', 'user', 'data']) {
  test(`the cache counts the length of ${name}`, () => {
    const cache = new SessionCache(BYTES_MAX);
    for (const id of ['a', 'b', 'c']) cache.set({ ...session(id), [name]: 'x'.repeat(BYTES_MAX / 4) });
    assert.deepEqual(cached(cache, ['a', 'b', 'c']), ['b', 'c']);
  });
}

test('a deleted or replaced session is not read from the cache', () => {
  const cache = new SessionCache(BYTES_MAX);
  const before = session('a');
  cache.set(before);
  cache.set({ ...before, revision: 2 });
  assert.equal(cache.get('a')?.revision, 2);
  cache.delete('a');
  assert.equal(cache.get('a'), undefined);
  cache.set(before);
  cache.clear();
  assert.equal(cache.get('a'), undefined);
});
