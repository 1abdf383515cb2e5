import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEveryStore, onSharedStores, type TestedStores } from '../../../../testing/stores/stores.ts';
import type { SessionChange } from '../domain/changes.ts';
import { SessionsError } from '../domain/errors.ts';
import { newSessionId } from '../domain/ids.ts';
import { asJsonText } from '../domain/json.ts';
import { Sessions } from '../domain/sessions.ts';
import type { SessionStore } from '../domain/store.ts';
import { type Clock, ManualClock } from '../domain/time/clock.ts';
import { elapsedTime } from '../domain/time/elapsed-time.ts';
import { NearSessions } from '../near-sessions/near-sessions.ts';
import { session as sessionOf } from './conformance/fixtures.ts';
import { PublishedChanges, watermarkReached } from './conformance/told.ts';

const IDLE_MS = 1_000;
const USER = { user_id: 'u', idle_timeout_ms: IDLE_MS };
const ALL = { skip: 0, take: 100, total: true };
const BOUNDS = { sessions_max: 1_000, bytes_max: 1_000_000 };

function failed(error: unknown): never {
  throw error;
}

/**
 * Two nodes: the clock of `late` is one second behind the clock of `early`, and is still before the session's deadline.
 */
async function startNodes(stores: TestedStores, settings = {}) {
  const store = await stores.empty();
  const other = stores.isShared ? await stores.again() : store;
  const clocks = { early: new ManualClock(), late: new ManualClock() };
  const early = new Sessions(store, clocks.early, settings, failed);
  const late = new Sessions(other, clocks.late, settings, failed);
  clocks.early.advance(IDLE_MS);
  return { early, late, clocks, store, other };
}

/** Every operation that can show a caller that a session has ended. Each makes `early` end the one session of `u`. */
const OBSERVATIONS: Readonly<Record<string, (sessions: Sessions, id: string, token: string) => Promise<unknown>>> = {
  get: (sessions, id) => sessions.get(id),
  validate: (sessions, _, token) => sessions.validate(token),
  rotate: (sessions, _, token) => sessions.rotate(token).catch(codeOf),
  replace: (sessions, id) => sessions.replace(id, 'data', asJsonText('1')).catch(codeOf),
  touch: (sessions, id) => sessions.touch(id).catch(codeOf),
  close: (sessions, id) => sessions.close(id),
  'list of a user': (sessions) => sessions.list({ user_id: 'u', active: true }, ALL),
  'list by id': (sessions, id) => sessions.list({ id }, ALL),
  'scan of all': (sessions) => sessions.scan({}, null, 10),
  'scan of what has ended': (sessions) => sessions.scan({ active: false }, null, 10),
  'count by reason': (sessions) => sessions.count({ close_reason: 'idle' }),
  stats: (sessions) => sessions.stats(),
  'bulk close': (sessions) =>
    sessions.closeMatching({ filter: { user_id: 'u' }, except: [], reason: 'revoked', limit: 10, dry_run: false }),
  'dry run of a bulk close': (sessions) =>
    sessions.closeMatching({ filter: {}, except: [], reason: 'revoked', limit: 10, dry_run: true }),
  sweep: (sessions) => sessions.sweep(),
};

onEveryStore((stores) => {
  for (const [name, observe] of Object.entries(OBSERVATIONS)) {
    test(`${stores.name}: an end that "${name}" has shown is final on all nodes`, async () => {
      const { early, late, clocks } = await startNodes(stores);
      const { session, token } = await late.openWithToken(USER, null);
      const deadline = session.open_time + IDLE_MS;
      await observe(early, session.id, token);
      clocks.late.advance(IDLE_MS - 1);
      const end = { close_reason: 'idle', close_time: deadline, revision: 2 };
      for (const change of [
        () => late.touch(session.id),
        () => late.replace(session.id, 'data', asJsonText('1')),
        () => late.rotate(token),
      ]) {
        await assert.rejects(change, { code: 'SESSION_CLOSED', details: { reason: 'idle' } });
      }
      assert.deepEqual(await late.validate(token), { active: false, reason: 'idle' });
      for (const node of [early, late]) {
        const { close_reason, close_time, revision } = (await node.get(session.id)) ?? {};
        assert.deepEqual({ close_reason, close_time, revision }, end);
        assert.equal(await node.count({ user_id: 'u', active: true }), 0);
        assert.equal((await node.list({ user_id: 'u', active: false }, ALL)).total, 1);
      }
    });
  }

  test(`${stores.name}: an end by deadline is published once, with the stored revision`, async () => {
    const { early, late, other } = await startNodes(stores);
    const published = new PublishedChanges(other);
    const { session } = await late.open(USER);
    await Promise.all([early.get(session.id), early.count({ active: true }), early.touch(session.id).catch(codeOf)]);
    await watermarkReached(other, elapsedTime());
    assert.deepEqual(published.all(), { [session.id]: [1, '2 idle'] });
    published.stop();
  });

  test(`${stores.name}: a session that a limit did not count stays ended`, async () => {
    const limit = { max: 3, policy: 'deny' } as const;
    const { early, late, clocks } = await startNodes(stores, { limit });
    const first = [];
    for (let n = 0; n < 3; n += 1) first.push((await late.open(USER)).session.id);
    for (let n = 0; n < 3; n += 1) await early.open(USER);
    clocks.late.advance(IDLE_MS - 1);
    for (const id of first) assert.equal(await late.touch(id).catch(codeOf), 'SESSION_CLOSED');
    assert.equal(await late.open(USER).catch(codeOf), 'SESSION_LIMIT');
    for (const node of [early, late]) assert.equal(await node.count({ user_id: 'u', active: true }), 3);
  });

  test(`${stores.name}: a rejected open request still ends due sessions`, async () => {
    const { early, late, clocks, store } = await startNodes(stores, { limit: { max: 1, policy: 'deny' } });
    const due = (await late.open(USER)).session.id;
    const without = new Sessions(store, clocks.early, {}, failed);
    await without.open(USER);
    assert.equal(await early.open(USER).catch(codeOf), 'SESSION_LIMIT');
    assert.equal((await store.find(due))?.close_reason, 'idle');
  });

  test(`${stores.name}: a change after the deadline is refused and ends the session`, async () => {
    if (stores.name === 'memory') return;
    const clock: Clock & { time: number } = { time: 0, now: () => clock.time };
    const store = await stores.empty({ clock });
    const { id } = await inserted(store, 1_000);
    const began = sessionOf(id).open_time;
    clock.time = began + 999;
    assert.equal((await store.update(id, { type: 'touch', touch_window_ms: 0 }, began + 5)).outcome, 'updated');
    clock.time = began + 1_005;
    const changes: SessionChange[] = [];
    store.watch((change) => changes.push(change));
    assert.equal((await store.update(id, { type: 'touch', touch_window_ms: 0 }, began + 999)).outcome, 'refused');
    const { close_reason, close_time } = (await store.find(id)) ?? {};
    assert.deepEqual({ close_reason, close_time }, { close_reason: 'idle', close_time: began + 1_005 });
    assert.equal(changes.length, 1);
  });

  test(`${stores.name}: a count is right with more due sessions than one read may end`, async () => {
    const { early, clocks, store } = await startNodes(stores);
    const due = stores.name === 'memory' || stores.name === 'sqlite' ? 2_300 : 300;
    await Promise.all(Array.from({ length: due }, () => early.open({ user_id: 'many', idle_timeout_ms: IDLE_MS })));
    await early.open({ user_id: 'many', idle_timeout_ms: 10_000_000 });
    clocks.early.advance(IDLE_MS + 60_000);
    assert.equal(await early.count({ active: true }), 1);
    assert.equal((await early.stats()).live, 1);
    await store.expire(clocks.early.now(), 10_000);
    assert.equal(await early.count({ active: false }), due);
  });
});

onSharedStores((stores) => {
  test(`${stores.name}: a cached session never decides that its deadline has passed`, async () => {
    const clock = new ManualClock();
    const store = await stores.empty();
    const here = new Sessions(store, clock, {}, failed, new NearSessions(store, BOUNDS));
    const there = new Sessions(await stores.again(), clock, {}, failed);
    const { session, token } = await there.openWithToken(USER, null);
    await watermarkReached(store, elapsedTime());
    assert.ok((await here.validate(token)).active);
    clock.advance(600);
    await there.touch(session.id);
    clock.advance(600);
    assert.ok((await here.validate(token)).active);
    assert.equal((await there.get(session.id))?.close_time, null);
    // The update caches the session again, so the store is not read each time.
    await here.settled();
    clock.advance(900);
    assert.ok((await here.validate(token)).active);
    clock.advance(IDLE_MS + 100);
    assert.deepEqual(await here.validate(token), { active: false, reason: 'idle' });
    assert.equal(await there.touch(session.id).catch(codeOf), 'SESSION_CLOSED');
  });
});

async function inserted(store: SessionStore, idle_timeout_ms: number) {
  const made = sessionOf(newSessionId('user'), { idle_timeout_ms });
  await store.insert(made, null, made.open_time);
  return made;
}

function codeOf(error: unknown): string {
  if (error instanceof SessionsError) return error.code;
  throw error;
}
