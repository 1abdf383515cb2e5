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
import { watermark } from '../stores/conformance/told.ts';
import { MemoryStore } from '../stores/memory/store.ts';
import { NearSessions } from './near-sessions.ts';

const BOUNDS = { sessions_max: 1_000, bytes_max: 1_000_000 };
const TOUCH_INTERVAL_MS = 60_000;
const SETTINGS = { touch_interval_ms: TOUCH_INTERVAL_MS };

function failed(error: unknown): never {
  throw error;
}

/** Two nodes on the same data: this one with its cache, the other without. */
async function startNodes(t: TestContext, stores: TestedStores) {
  const store = await stores.empty();
  const other = await stores.again();
  const clock = new ManualClock();
  const here = new Sessions(store, clock, SETTINGS, failed, new NearSessions(store, BOUNDS));
  const there = new Sessions(other, clock, SETTINGS, failed);
  const open = async () => {
    const opened = await there.openWithToken({ user_id: 'u' }, null);
    await watermark(store, elapsedTime());
    return { id: opened.session.id, token: opened.token };
  };
  return { store, other, clock, here, there, open, asked: t.mock.method(store, 'find').mock };
}

onSharedStores((stores) => {
  test('a session in use is read from the store once, and answered from memory from then on', async (t) => {
    const { here, open, asked } = await startNodes(t, stores);
    const { id, token } = await open();
    for (let n = 0; n < 10; n += 1) {
      const validation = await here.validate(token);
      assert.ok(validation.active);
      assert.equal(validation.session.id, id);
      assert.equal(validation.age_ms === 0, n === 0);
    }
    assert.equal(asked.callCount(), 1);
  });

  test('a close at the other node is seen here once it was told', async (t) => {
    const { store, here, there, open } = await startNodes(t, stores);
    const { id, token } = await open();
    await here.validate(token);
    await there.close(id, 'revoked');
    await watermark(store, elapsedTime());
    assert.deepEqual(await here.validate(token), { active: false, reason: 'revoked' });
  });

  test('a token that the other node has given out is good here before that is told', async (t) => {
    const { store, there, clock, open } = await startNodes(t, stores);
    // The feed is slow: it says that all is told, and this change is on its way.
    t.mock.method(store, 'watch', () => () => {});
    const here = new Sessions(store, clock, SETTINGS, failed, new NearSessions(store, BOUNDS));
    const { token } = await open();
    await here.validate(token);
    const rotated = await there.rotate(token);
    const validation = await here.validate(rotated.token);
    assert.ok(validation.active);
    assert.equal(validation.age_ms, 0);
  });

  test('a session in use is touched once a touch interval, also when it is answered from memory', async (t) => {
    const { store, other, clock, here, open, asked } = await startNodes(t, stores);
    const { id, token } = await open();
    const touches = t.mock.method(store, 'update').mock;
    for (const ms of [1, 1, TOUCH_INTERVAL_MS / 2, TOUCH_INTERVAL_MS, 1]) {
      clock.advance(ms);
      assert.ok((await here.validate(token)).active);
      await here.settled();
    }
    assert.equal(touches.callCount(), 2);
    assert.equal((await other.find(id))?.request_time, clock.now() - 1);
    assert.equal(asked.callCount(), 1);
  });
});

/** A node on a store whose feed the test speaks for, and a clock of its own for how old things are. */
function startDoubtful(t: TestContext) {
  const store: SessionStore = new MemoryStore({ sessions_max: 10 });
  const world = { now: 0, watermark: 0, tell: (() => {}) as ChangeListener };
  t.mock.method(store, 'watermark', () => world.watermark);
  t.mock.method(store, 'watch', (listener: ChangeListener) => {
    world.tell = listener;
    return () => {};
  });
  const near = new NearSessions(store, BOUNDS, () => world.now);
  return { store, world, near, asked: t.mock.method(store, 'find').mock };
}

test('nothing is answered from memory when the feed of the store has been silent for the bound of three seconds', async (t) => {
  const { store, world, near, asked } = startDoubtful(t);
  const sessions = new Sessions(store, new ManualClock(), SETTINGS, failed, near);
  const { token } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.validate(token);
  // Less than three seconds by as much as a clock that stood still may leave unnoticed.
  world.now = FRESH_MS - 1;
  await sessions.validate(token);
  assert.equal(asked.callCount(), 1);
  world.now = FRESH_MS;
  for (let n = 0; n < 3; n += 1) await sessions.validate(token);
  assert.equal(asked.callCount(), 4);
  world.watermark = FRESH_MS;
  await sessions.validate(token);
  assert.equal(asked.callCount(), 4);
});

test('after a gap everything is read from the store again', async (t) => {
  const { store, world, near, asked } = startDoubtful(t);
  const sessions = new Sessions(store, new ManualClock(), SETTINGS, failed, near);
  const { session, token } = await sessions.openWithToken({ user_id: 'u' }, null);
  await sessions.validate(token);
  await sessions.close(session.id);
  world.now = 1;
  world.tell({ type: 'gap' });
  assert.equal((await sessions.validate(token)).active, false);
  assert.equal(asked.callCount(), 2);
});

test('a read that may not be old is not that of a request before it, which is still under way', async (t) => {
  const { store, world, near } = startDoubtful(t);
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
  // Its session is cached while the load is still under way.
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

test('ids that are not there take no room', async (t) => {
  const { near } = startDoubtful(t);
  for (let n = 0; n < 10; n += 1) assert.equal((await near.find(`${n}`, 60_000)).session, null);
  assert.equal(near.stats().entries, 0);
});

test('a validation by API v2 says for how long the node has known what it answers', async (t) => {
  const { store, world, near } = startDoubtful(t);
  const clock = new ManualClock();
  const sessions = new Sessions(store, clock, SETTINGS, failed, near);
  const { open, validate, send } = await startV2(t, { clock, sessions });
  const { token } = await open();
  world.now = 100;
  assert.equal((await validate(token)).age, 0);
  world.now = 1_600;
  assert.equal((await validate(token)).age, 1.5);
  // Who has heard of changes for a second only cannot keep what is older, and asks for nothing that is.
  const fresh = await send('POST /v2/sessions/validate', { body: { token, max_age: 1 } });
  assert.equal(fresh.body.age, 0);
});
