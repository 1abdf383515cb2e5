import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionsError } from '../../domain/errors.ts';
import { open } from '../../domain/session.ts';
import { memoryStoreConfig } from './config.ts';
import { MemoryStore } from './store.ts';

const FIELDS = { user_name: null, address: null, client: null, user: null, data: null, expire_time: null };

function sessionOf(id: string, now: number) {
  return open(id, { ...FIELDS, user_id: 'user', idle_timeout_ms: 100 }, now);
}

test('memory: a full store rejects a new session and keeps the open ones', async () => {
  const store = new MemoryStore({ sessions_max: 2 });
  await store.insert(sessionOf('a', 0), null, 0);
  await store.insert(sessionOf('b', 0), null, 0);
  await assert.rejects(
    store.insert(sessionOf('c', 0), null, 0),
    (error) => (error as SessionsError).code === 'STORE_FULL',
  );
  assert.notEqual(await store.find('a'), null);
  assert.equal(await store.find('c'), null);
});

test('memory: a full store deletes the ended session with the oldest activity', async () => {
  const store = new MemoryStore({ sessions_max: 3 });
  for (const [id, now] of [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ] as const)
    await store.insert(sessionOf(id, now), null, now);
  await store.update('b', { type: 'close', reason: 'closed' }, 3);
  await store.update('a', { type: 'close', reason: 'closed' }, 4);
  await store.insert(sessionOf('d', 5), null, 5);
  assert.equal(await store.find('b'), null);
  assert.notEqual(await store.find('a'), null);
});

test('memory: a full store deletes expired sessions without a sweep', async () => {
  const store = new MemoryStore({ sessions_max: 1 });
  await store.insert(sessionOf('a', 0), null, 0);
  await store.insert(sessionOf('b', 100), null, 100);
  assert.equal(await store.find('a'), null);
});

test('memory: the URL sets sessions_max, and an invalid URL is quoted in the error', () => {
  assert.deepEqual(memoryStoreConfig('memory:'), { sessions_max: 1_000_000 });
  assert.deepEqual(memoryStoreConfig('memory:?sessions_max=5'), { sessions_max: 5 });
  assert.throws(() => memoryStoreConfig('memory:?max=5'), { code: 'INVALID_CONFIG', message: /memory:\?max=5/ });
});
