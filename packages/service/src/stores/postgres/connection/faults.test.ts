import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { TcpProxy } from '../../../../../../testing/servers/proxy.ts';
import type { SessionChange } from '../../../domain/changes.ts';
import { asJsonText } from '../../../domain/json.ts';
import type { SessionStore } from '../../../domain/store.ts';
import { Databases, NOW, sessionOf } from '../fixtures/databases.ts';

const CALL_TIMEOUT_MS = 1_500;
/** Tolerance for a busy machine. A call that waits for the database would take far longer. */
const SLACK_MS = 1_500;
/** How long a recovery may take, including the start of the server. */
const RECOVERY_MS_MAX = 10_000;
const POLL_MS = 20;

const databases = new Databases();
const proxies: TcpProxy[] = [];
after(() => Promise.all(proxies.map((proxy) => proxy.stop())));

async function behindProxy() {
  const url = new URL(await databases.server.newDatabase());
  const proxy = await TcpProxy.start(databases.server.port);
  proxies.push(proxy);
  const direct = url.href;
  url.port = String(proxy.port);
  const store = await databases.open(url.href);
  return { proxy, store, direct };
}

/** Counts gaps; the returned function resolves when there have been at least that many. */
function gaps(store: SessionStore) {
  let count = 0;
  const waiting = new Map<number, () => void>();
  store.watch((change: SessionChange) => {
    if (change.type !== 'gap') return;
    count += 1;
    waiting.get(count)?.();
  });
  return (least: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.set(least, resolve);
    if (count >= least) resolve();
    return promise;
  };
}

async function rejectsInTime(call: Promise<unknown>, ms: number): Promise<void> {
  const start = performance.now();
  await assert.rejects(call, { code: 'STORE_UNAVAILABLE' });
  const took_ms = performance.now() - start;
  assert.ok(took_ms < ms + SLACK_MS, `it took ${Math.round(took_ms)} ms`);
}

async function recovers(store: SessionStore): Promise<void> {
  const start = performance.now();
  for (let n = 0; performance.now() - start < RECOVERY_MS_MAX; n += 1) {
    try {
      await store.insert(sessionOf(`recovered ${start} ${n}`), null, NOW);
      await store.ping();
      return;
    } catch {
      await delay(POLL_MS);
    }
  }
  throw new Error('The store does not recover.');
}

/** The killed server may still be shutting down, and a second server does not start beside it. */
async function startAfterKill(): Promise<void> {
  const start = performance.now();
  for (;;) {
    try {
      await databases.server.start();
      return;
    } catch (error) {
      if (performance.now() - start > RECOVERY_MS_MAX) throw error;
      await delay(POLL_MS);
    }
  }
}

for (const mode of ['fast', 'immediate'] as const) {
  test(`postgres: calls fail at once while the server is stopped (${mode}), and recover`, async () => {
    const store = await databases.open();
    const gapsAre = gaps(store);
    await store.insert(sessionOf('a', { data: asJsonText('1') }), null, NOW);
    await databases.server.stop(mode);
    for (let n = 0; n < 5; n += 1) {
      await rejectsInTime(store.find('a'), 0);
      await rejectsInTime(store.insert(sessionOf('b'), null, NOW), 0);
      await rejectsInTime(store.list({}, { skip: 0, take: 1, total: true }, NOW), 0);
      await rejectsInTime(store.ping(), 0);
    }
    await databases.server.start();
    await recovers(store);
    assert.equal((await store.find('a'))?.data, '1');
    await gapsAre(2);
  });
}

test('postgres: a write that succeeded survives a kill of the server', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const answered: string[] = [];
  let next = 0;
  const writer = async () => {
    for (;;) {
      const id = `s${next++}`;
      try {
        await store.insert(sessionOf(id), null, NOW);
        answered.push(id);
      } catch {
        return;
      }
    }
  };
  const writers = Array.from({ length: 16 }, writer);
  while (answered.length < 500) await delay(POLL_MS);
  await databases.server.kill();
  await Promise.all(writers);
  await startAfterKill();
  await recovers(store);
  const found = await Promise.all(answered.map((id) => store.find(id)));
  assert.equal(found.filter((session) => session === null).length, 0);
});

test('[B-12] postgres: calls time out on a dead network, then recover', async () => {
  const { proxy, store } = await behindProxy();
  const gapsAre = gaps(store);
  await store.insert(sessionOf('a'), null, NOW);
  proxy.mode = 'drop';
  await Promise.all([
    rejectsInTime(store.find('a'), CALL_TIMEOUT_MS),
    rejectsInTime(store.update('a', { type: 'close', reason: 'closed' }, NOW), CALL_TIMEOUT_MS),
    rejectsInTime(store.insert(sessionOf('b'), { max: 1, policy: 'evict_idle' }, NOW), CALL_TIMEOUT_MS),
    gapsAre(1),
  ]);
  const watermark = store.watermark();
  await rejectsInTime(store.find('a'), CALL_TIMEOUT_MS);
  assert.equal(store.watermark(), watermark);
  proxy.mode = 'pass';
  await recovers(store);
  // A write that was sent without a response either happened completely or not at all.
  const session = await store.find('a');
  assert.ok(session?.close_time === null || session?.close_reason === 'closed' || session?.close_reason === 'evicted');
});

test('postgres: a write without a response fails, publishes a gap and is atomic', async () => {
  const { proxy, store, direct } = await behindProxy();
  const gapsAre = gaps(store);
  await store.insert(sessionOf('a'), null, NOW);
  proxy.mode = 'drop';
  await rejectsInTime(store.insert(sessionOf('b'), null, NOW), CALL_TIMEOUT_MS);
  await gapsAre(1);
  proxy.mode = 'reset';
  await rejectsInTime(store.find('a'), 0);
  proxy.mode = 'pass';
  await recovers(store);
  const elsewhere = await databases.open(direct);
  assert.deepEqual(await store.find('b'), await elsewhere.find('b'));
});

test('postgres: a find is retried once when its connection is reset', async () => {
  const { proxy, store } = await behindProxy();
  await store.insert(sessionOf('a'), null, NOW);
  await Promise.all(Array.from({ length: 5 }, () => store.find('a')));
  proxy.delay_ms = 200;
  const found = store.find('a');
  await delay(100);
  await proxy.setMode('reset');
  await proxy.setMode('pass');
  proxy.delay_ms = 0;
  assert.equal((await found)?.id, 'a');
});

test('postgres: a node cut off in a transaction holds its locks for one call timeout', async () => {
  const { proxy, store, direct } = await behindProxy();
  await store.insert(sessionOf('a'), null, NOW);
  proxy.delay_ms = 300;
  const cut = store.update('a', { type: 'replace', member: 'data', value: asJsonText('1') }, NOW + 1);
  cut.catch(() => {});
  await delay(450);
  proxy.mode = 'drop';
  const other = await databases.open(direct);
  const until = performance.now() + 2 * CALL_TIMEOUT_MS + SLACK_MS;
  let outcome = '';
  while (outcome === '' && performance.now() < until) {
    try {
      ({ outcome } = await other.update('a', { type: 'close', reason: 'closed' }, NOW + 2));
    } catch {
      // The lock is still held.
    }
  }
  assert.equal(outcome, 'updated');
  await assert.rejects(cut, { code: 'STORE_UNAVAILABLE' });
});

test('postgres: a row locked by another client delays no other write', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  await store.insert(sessionOf('a'), null, NOW);
  await store.insert(sessionOf('b'), null, NOW);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("BEGIN; SELECT 1 FROM pip_sessions.sessions WHERE id = 'a' FOR UPDATE");
  const locked = rejectsInTime(store.update('a', { type: 'close', reason: 'closed' }, NOW), CALL_TIMEOUT_MS);
  await delay(POLL_MS);
  assert.equal((await store.update('b', { type: 'close', reason: 'closed' }, NOW)).outcome, 'updated');
  assert.equal((await store.find('a'))?.close_time, null);
  assert.equal((await store.expire(NOW + 9_999_999, 10)).count, 0);
  await locked;
  await client.query('ROLLBACK');
  await client.end();
  assert.equal((await store.update('a', { type: 'close', reason: 'closed' }, NOW)).outcome, 'updated');
});
