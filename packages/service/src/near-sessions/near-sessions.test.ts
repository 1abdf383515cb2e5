import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FRESH_MS } from '@pip-sessions/near-cache';
import { onSharedStores, type TestedStores } from '../../../../testing/stores/stores.ts';
import type { ChangeListener } from '../domain/changes.ts';
import { asJsonText } from '../domain/json.ts';
import { Sessions } from '../domain/sessions.ts';
import type { SessionStore } from '../domain/store.ts';
import { ManualClock } from '../domain/time/clock.ts';
import { elapsedTime } from '../domain/time/elapsed-time.ts';
import { startV2 } from '../http/v2/fixtures/start.ts';
import { watermarkReached } from '../stores/conformance/told.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { NearSessions } from './near-sessions.ts';

const BOUNDS = { sessions_max: 1_000, bytes_max: 1_000_000 };
const TOUCH_INTERVAL_MS = 60_000;
const SETTINGS = { touch_interval_ms: TOUCH_INTERVAL_MS };

function failed(error: unknown): never {
  throw error;
}

/** Two nodes on the same data: `here` has a cache, `there` has none. */
async function startNodes(t: TestContext, stores: TestedStores) {
  const store = await stores.empty();
  const other = await stores.again();
  const clock = new ManualClock();
  const here = new Sessions(store, clock, SETTINGS, failed, new NearSessions(store, BOUNDS));
  const there = new Sessions(other, clock, SETTINGS, failed);
  const open = async () => {
    const opened = await there.openWithToken({ user_id: 'u' }, null);
    await watermarkReached(store, elapsedTime());
    return { id: opened.session.id, token: opened.token };
  };
  return { store, other, clock, here, there, open, finds: t.mock.method(store, 'find').mock };
}

onSharedStores((stores) => {
  test('a session in use is read from the store once, then from the cache', async (t) => {
    const { here, open, finds } = await startNodes(t, stores);
    const { id, token } = await open();
    for (let n = 0; n < 10; n += 1) {
      const validation = await here.validate(token);
      assert.ok(validation.active);
      assert.equal(validation.session.id, id);
      assert.equal(validation.age_ms === 0, n === 0);
    }
    assert.equal(finds.callCount(), 1);
  });

  test('a close on another node is seen here once the feed has published it', async (t) => {
    const { store, here, there, open } = await startNodes(t, stores);
    const { id, token } = await open();
    await here.validate(token);
    await there.close(id, 'revoked');
    await watermarkReached(store, elapsedTime());
    assert.deepEqual(await here.validate(token), { active: false, reason: 'revoked' });
  });

  test('a token rotated on another node is valid here before the feed publishes it', async (t) => {
    const { store, there, clock, open } = await startNodes(t, stores);
    // The feed is slow: the watermark moves on, but the change has not arrived yet.
    t.mock.method(store, 'watch', () => () => {});
    const here = new Sessions(store, clock, SETTINGS, failed, new NearSessions(store, BOUNDS));
    const { token } = await open();
    await here.validate(token);
    const rotated = await there.rotate(token);
    const validation = await here.validate(rotated.token);
    assert.ok(validation.active);
    assert.equal(validation.age_ms, 0);
  });

  test('a session in use is touched once per touch interval, even if read from the cache', async (t) => {
    const { store, other, clock, here, open, finds } = await startNodes(t, stores);
    const { id, token } = await open();
    const touches = t.mock.method(store, 'update').mock;
    for (const ms of [1, 1, TOUCH_INTERVAL_MS / 2, TOUCH_INTERVAL_MS, 1]) {
      clock.advance(ms);
      assert.ok((await here.validate(token)).active);
      await here.settled();
    }
    assert.equal(touches.callCount(), 2);
    assert.equal((await other.find(id))?.request_time, clock.now() - 1);
    assert.equal(finds.callCount(), 1);
  });
});

/** A node on a store whose feed is controlled by the test, with a clock of its own for the age of cached sessions. */
function startWithControlledFeed(t: TestContext) {
  const store: SessionStore = new MemoryStore({ sessions_max: 10 });
  const world = { now: 0, watermark: 0, publish: (() => {}) as ChangeListener };
  t.mock.method(store, 'watermark', () => world.watermark);
  t.mock.method(store, 'watch', (listener: ChangeListener) => {
    world.publish = listener;
    return () => {};
  });
  const near = new NearSessions(store, BOUNDS, () => world.now);
  return { store, world, near, finds: t.mock.method(store, 'find').mock };
}

test('[M-01] a node serves nothing cached after a silence of 3 seconds', async (t) => {
  const { store, world, near, finds } = startWithControlledFeed(t);
  const sessions = new Sessions(store, new ManualClock(), SETTINGS, failed, near);
  const { token } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.validate(token);
  // The limit is three seconds, less the time by which a suspended clock may lag unnoticed.
  world.now = FRESH_MS - 1;
  await sessions.validate(token);
  assert.equal(finds.callCount(), 1);
  world.now = FRESH_MS;
  for (let n = 0; n < 3; n += 1) await sessions.validate(token);
  assert.equal(finds.callCount(), 4);
  world.watermark = FRESH_MS;
  await sessions.validate(token);
  assert.equal(finds.callCount(), 4);
});

test('after a feed gap, sessions are read from the store again', async (t) => {
  const { store, world, near, finds } = startWithControlledFeed(t);
  const sessions = new Sessions(store, new ManualClock(), SETTINGS, failed, near);
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.validate(token);
  await sessions.close(session.id);
  world.now = 1;
  world.publish({ type: 'gap' });
  assert.equal((await sessions.validate(token)).active, false);
  assert.equal(finds.callCount(), 2);
});

test('a read that requires a fresh value does not join an older load in flight', async (t) => {
  const { store, world, near } = startWithControlledFeed(t);
  const sessions = new Sessions(store, new ManualClock(), SETTINGS, failed, near);
  const { session } = await sessions.openWithToken({ user_id: 'u' }, null);
  const first = Promise.withResolvers<void>();
  const find = store.find.bind(store);
  t.mock.method(
    store,
    'find',
    async (id: string) => {
      const found = await find(id);
      await first.promise;
      return found;
    },
    { times: 1 },
  );
  const before = near.find(session.id, 60_000);
  world.now = 1;
  // This update caches its session while the load is still in flight.
  await near.update(session.id, { type: 'touch', touch_window_ms: 5 }, session.open_time + 1);
  world.now = 2;
  await sessions.replace(session.id, 'data', asJsonText('1'));
  const fresh = near.find(session.id, 0);
  first.resolve();
  assert.deepEqual(
    [(await before).session?.revision, (await fresh).session?.revision, (await fresh).age_ms],
    [1, 2, 0],
  );
});

test('unknown ids take no space in the cache', async (t) => {
  const { near } = startWithControlledFeed(t);
  for (let n = 0; n < 10; n += 1) assert.equal((await near.find(`${n}`, 60_000)).session, null);
  assert.equal(near.stats().entries, 0);
});

test('a validation by API v2 returns the age of the cached session', async (t) => {
  const { store, world, near } = startWithControlledFeed(t);
  const clock = new ManualClock();
  const sessions = new Sessions(store, clock, SETTINGS, failed, near);
  const { open, validate, send } = await startV2(t, { clock, sessions });
  const { token } = await open();
  world.now = 100;
  assert.equal((await validate(token)).age, 0);
  world.now = 1_600;
  assert.equal((await validate(token)).age, 1.5);
  // A caller that accepts an age of at most 1 s gets a fresh read, because the cached copy is 1.5 s old.
  const fresh = await send('POST /v2/sessions/validate', { body: { token, max_age: 1 } });
  assert.equal(fresh.body.age, 0);
});
