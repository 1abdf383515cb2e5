import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SessionsClient } from '../index.ts';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { OldSessionsFixture } from './fixtures/old-sessions.ts';
import { namesOf } from './names.ts';
import type { FallbackOptions } from './old-store.ts';
import { LibrarySessions } from './sessions/library-sessions.ts';

const SID = 'a session id of a library';
const COOKIE = { cookie: { originalMaxAge: 3_600_000, path: '/' } };
const SIGNED_IN = { cookie: { ...COOKIE.cookie, expires: '2020-01-01T00:00:00.000Z' }, userId: 'ann', cart: ['apple'] };
const STORED = { ...COOKIE, userId: 'ann', cart: ['apple'] };

async function start(t: TestContext, fallback: Partial<FallbackOptions> = {}) {
  const world = await startSessions('embedded');
  t.after(world.stop);
  const old = new OldSessionsFixture();
  old.add(SID, SIGNED_IN);
  /** The sessions as one more process of the application sees them. */
  const process = (client: SessionsClient = world.client) =>
    new LibrarySessions({ client, fallback: { store: old, ...fallback } }, 'test');
  const countLive = () => world.client.count({ user_id: 'ann', active: true });
  return { ...world, old, process, countLive, sessions: process() };
}

/** The client, with a function of the test that runs after each open request. */
function afterOpen(client: SessionsClient, run: (id: string) => Promise<unknown>): SessionsClient {
  return {
    ...client,
    open: async (...input) => {
      const opened = await client.open(...input);
      await run(opened.session.id);
      return opened;
    },
  };
}

function newGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

test('[T-01] a user of the old store stays signed in, and the copy there is deleted', async (t) => {
  const { sessions, old, client, countLive } = await start(t);
  const held = await sessions.read(SID);
  assert.deepEqual([held?.data, held?.sign_in?.user_id], [STORED, 'ann']);
  assert.equal(old.sessions.size, 0);
  const { items } = await client.list({ user_id: 'ann', active: true });
  assert.deepEqual(
    items.map(({ id, idle_timeout }) => [id, idle_timeout]),
    [[held?.sign_in?.session_id, 3_600]],
  );
  old.calls.length = 0;
  assert.deepEqual((await sessions.read(SID))?.data, STORED);
  assert.deepEqual([old.calls, await countLive()], [[], 1]);
});

test('a visitor of the old store stays a visitor, and an unknown id stays unknown', async (t) => {
  const { sessions, old } = await start(t);
  old.add('visitor', { ...COOKIE, lang: 'en' });
  const held = await sessions.read('visitor');
  assert.deepEqual([held?.data, held?.sign_in], [{ ...COOKIE, lang: 'en' }, null]);
  assert.equal(await sessions.read('unknown'), null);
});

test('[T-02] parallel requests of several processes take a session over once', async (t) => {
  const { process, countLive, client } = await start(t);
  const processes = Array.from({ length: 8 }, () => process());
  const read = await Promise.all(processes.flatMap((sessions) => [sessions.read(SID), sessions.read(SID)]));
  for (const held of read) assert.deepEqual(held?.data, STORED);
  assert.equal(new Set(read.map((held) => held?.sign_in?.session_id)).size, 1);
  assert.equal(await countLive(), 1);
  assert.equal(await client.count({ client: 'test', active: true }), 1);
});

test('a request that read the old copy before its take-over finds the session', async (t) => {
  const { process, old } = await start(t);
  const gate = newGate();
  let isFirst = true;
  old.before = (name) => {
    if (name !== 'get' || !isFirst) return;
    isFirst = false;
    return gate.passed;
  };
  const late = process().read(SID);
  await process().read(SID);
  assert.equal(old.sessions.size, 0);
  gate.open();
  assert.deepEqual((await late)?.data, STORED);
});

test('[T-03] a sign-out during a take-over wins, wherever the take-over is', async (t) => {
  for (const step of ['copy read', 'sign-in opened', 'entry opened'] as const) {
    const { process, old, client, countLive } = await start(t);
    const gate = newGate();
    const reached = newGate();
    let opens = 0;
    const wait = () => {
      reached.open();
      return gate.passed;
    };
    const isOpen = () => {
      opens += 1;
      return step === (opens === 1 ? 'sign-in opened' : 'entry opened');
    };
    const slow = process(afterOpen(client, async () => isOpen() && wait()));
    let isFirst = true;
    old.after = (name) => {
      if (step !== 'copy read' || name !== 'get' || !isFirst) return;
      isFirst = false;
      return wait();
    };
    const read = slow.read(SID);
    await reached.passed;
    await process().destroy(SID);
    gate.open();
    assert.equal(await read, null, step);
    assert.equal(await process().read(SID), null, step);
    assert.deepEqual([await countLive(), old.sessions.size], [0, 0], step);
  }
});

test('a revocation during a take-over is not undone by a parallel request', async (t) => {
  const { process, client, countLive } = await start(t);
  let opens = 0;
  const slow = process(
    afterOpen(client, async (id) => {
      opens += 1;
      if (opens > 1) return;
      await client.close(id, { reason: 'revoked' });
      assert.equal(await process().read(SID), null);
    }),
  );
  assert.equal(await slow.read(SID), null);
  assert.equal(await process().read(SID), null);
  assert.equal(await countLive(), 0);
});

test('[T-03] an ended session never comes back from a copy left in the old store', async (t) => {
  for (const end of ['sign-out', 'revocation', 'timeout'] as const) {
    const { process, old, client, advance, countLive } = await start(t, { leave: true });
    const sessions = process();
    await sessions.read(SID);
    assert.equal(old.sessions.size, 1);
    if (end === 'sign-out') await sessions.destroy(SID);
    if (end === 'revocation') await client.closeMany({ filter: { user_id: 'ann' } });
    if (end === 'timeout') advance(3_700_000);
    old.add(SID, SIGNED_IN);
    assert.equal(await process().read(SID), null, end);
    assert.equal(await sessions.read(SID), null, end);
    assert.deepEqual([await countLive(), old.sessions.size], [0, 0], end);
  }
});

test('[T-05] while the old store is down or slow, requests fail without a sign-out', async (t) => {
  const { process, old, sessions } = await start(t, { timeout_ms: 20 });
  const unavailable = { code: 'FALLBACK_UNAVAILABLE', status: 503 };
  for (const before of [() => Promise.reject(new Error('ECONNREFUSED')), () => new Promise<void>(() => {})]) {
    old.before = before;
    await assert.rejects(sessions.read(SID), unavailable);
  }
  old.before = () => {};
  assert.deepEqual((await sessions.read(SID))?.data, STORED);
  old.before = () => Promise.reject(new Error('ECONNREFUSED'));
  assert.deepEqual((await process().read(SID))?.data, STORED, 'taken over: the old store is not needed');
});

test('[T-03] a sign-out while the old store is down is final', async (t) => {
  const { process, old, countLive } = await start(t, { timeout_ms: 20 });
  old.before = () => Promise.reject(new Error('ECONNREFUSED'));
  await process().destroy(SID);
  old.before = () => {};
  assert.equal(old.sessions.size, 1);
  assert.equal(await process().read(SID), null);
  assert.deepEqual([await countLive(), old.sessions.size], [0, 0]);
});

test('[T-05] while the service is down, requests fail; the old store keeps the session', async (t) => {
  const { sessions, old, takeAway, bringBack } = await start(t);
  takeAway();
  await assert.rejects(sessions.read(SID), { code: 'STORE_UNAVAILABLE' });
  assert.equal(old.sessions.size, 1);
  bringBack();
  assert.deepEqual((await sessions.read(SID))?.data, STORED);
});

test('a take-over that failed half-way is completed by the next request', async (t) => {
  const { process, old, client, countLive } = await start(t);
  const { id } = namesOf('test', SID, 0);
  const failing = process({
    ...client,
    open: (request, options) =>
      request.client === 'test'
        ? Promise.reject(Object.assign(new Error('Too many.'), { code: 'TOO_MANY_REQUESTS' }))
        : client.open(request, options),
  });
  await assert.rejects(failing.read(SID), { code: 'TOO_MANY_REQUESTS' });
  assert.deepEqual([await client.get(id), old.sessions.size], [null, 1]);
  assert.deepEqual((await process().read(SID))?.data, STORED);
  assert.equal(await countLive(), 1);
});
