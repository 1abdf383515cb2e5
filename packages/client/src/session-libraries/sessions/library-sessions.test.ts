import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { startTestServer } from '../../../../../testing/http/test-server.ts';
import { createSessionsClient } from '../../index.ts';
import { startSessions } from '../../middleware/fixtures/worlds.ts';
import type { LibraryStoreOptions } from '../options.ts';
import { LibrarySessions } from './library-sessions.ts';

async function start(t: TestContext, options: Partial<LibraryStoreOptions> = {}) {
  const world = await startSessions('embedded');
  t.after(world.stop);
  const { client } = world;
  return { ...world, client, sessions: new LibrarySessions({ client, ...options }, 'test') };
}

const COOKIE = { cookie: { originalMaxAge: null, path: '/' } };
const SID = 'a session id of a library';

test('all, count and clear apply to the live sessions of one store', async (t) => {
  const { client, sessions } = await start(t);
  const others = new LibrarySessions({ client, marker: 'another application' }, 'test');
  await others.write('other', { ...COOKIE, userId: 'u' }, () => null);
  for (let n = 0; n < 40; n += 1) await sessions.write(`sid ${n}`, { ...COOKIE, n, userId: `u${n % 3}` }, () => null);
  await sessions.destroy('sid 0');
  assert.equal(await sessions.list.count(), 39);
  const all = await sessions.list.all();
  assert.deepEqual(
    all.map(({ n }) => n).toSorted((a, b) => Number(a) - Number(b)),
    [...Array(40).keys()].slice(1),
  );
  assert.equal(await client.count({ user_id: 'u1', active: true }), 13);
  await sessions.list.clear();
  assert.deepEqual([await sessions.list.count(), await sessions.list.all()], [0, []]);
  assert.equal(await client.count({ user_id: 'u1', active: true }), 0);
  assert.equal((await others.list.all()).length, 1);
});

test('save, touch and destroy do nothing after the end of a session', async (t) => {
  const { client, sessions } = await start(t);
  const held = await sessions.write(SID, { ...COOKIE, userId: 'u' }, () => null);
  assert.ok(held);
  await sessions.destroy(SID);
  const opened = await client.count();
  assert.equal(await sessions.write(SID, { ...COOKIE, userId: 'u', late: 1 }, () => held), null);
  assert.equal(await sessions.write(SID, { ...COOKIE, userId: 'v' }, () => held), null);
  assert.equal(await sessions.write(SID, { ...COOKIE, userId: 'u' }, () => held), null);
  await sessions.touch(SID);
  await sessions.touch(SID);
  await sessions.destroy(SID);
  assert.equal(await sessions.read(SID, true), null);
  assert.equal(await client.count({ active: true }), 0);
  assert.equal(await client.count(), opened);
});

test('an object that was not read replaces the session, and leaves one sign-in', async (t) => {
  const { client, sessions } = await start(t);
  await sessions.write(SID, { ...COOKIE, a: 1 }, () => null);
  await sessions.write(SID, { ...COOKIE, b: 2, userId: 'u' }, () => null);
  assert.deepEqual((await sessions.read(SID, false))?.data, { ...COOKIE, b: 2, userId: 'u' });
  assert.equal(await client.count({ user_id: 'u', active: true }), 1);
});

test('a session can be replaced any number of times, and signs its user in once', async (t) => {
  const { client, sessions } = await start(t);
  const held = await sessions.write(SID, COOKIE, () => null);
  await sessions.write(SID, { ...COOKIE, userId: 'u' }, () => held);
  const others = new LibrarySessions({ client }, 'test');
  for (let n = 0; n < 30; n += 1) await others.write(SID, { ...COOKIE, userId: 'u', n }, () => null);
  assert.equal((await sessions.read(SID))?.data.n, 29);
  assert.equal(await client.count({ user_id: 'u', active: true }), 1);
  assert.ok((await client.count({ user_id: 'u' })) <= 2);
});

test('a limit of sessions per user counts sign-ins, and evicts no entry', async (t) => {
  const world = await startSessions('embedded', { limit: { max: 1, policy: 'evict_oldest' } });
  t.after(world.stop);
  const sessions = new LibrarySessions({ client: world.client }, 'test');
  const sids = Array.from({ length: 100 }, (_, n) => `sid ${n}`);
  for (const sid of sids) await sessions.write(sid, COOKIE, () => null);
  await sessions.write('first', { ...COOKIE, userId: 'u' }, () => null);
  await sessions.write('second', { ...COOKIE, userId: 'u' }, () => null);
  assert.deepEqual((await sessions.list.ids()).toSorted(), ['second', ...sids].toSorted());
});

test('the entries of many browsers are spread over the shards of a store', async (t) => {
  const { client, sessions } = await start(t);
  for (let n = 0; n < 300; n += 1) await sessions.write(`sid ${n}`, COOKIE, () => null);
  const shards = new Set<string>();
  for await (const { id } of client.all({ client: 'test' })) shards.add(id.slice(0, 1));
  assert.ok(shards.size >= 12, `${shards.size} of 16 shards`);
});

test('a session that names a user without a sign-in is rejected', async (t) => {
  const { client, sessions } = await start(t, { user_id: () => null });
  await sessions.write(SID, { ...COOKIE, userId: 'u' }, () => null);
  assert.equal(await new LibrarySessions({ client }, 'test').read(SID, false), null);
});

test('a save that the service rejects fails, and does not change the session', async (t) => {
  const { sessions } = await start(t);
  const held = await sessions.write(SID, { ...COOKIE, a: 1 }, () => null);
  await assert.rejects(
    sessions.write(SID, { ...COOKIE, a: 'x'.repeat(70_000) }, () => held),
    { code: 'VALUE_TOO_LARGE' },
  );
  assert.deepEqual((await sessions.read(SID, false))?.data, { ...COOKIE, a: 1 });
});

test('after the end of a session the service stores no trace of its id', async (t) => {
  const { client, sessions } = await start(t);
  await sessions.write(SID, { ...COOKIE, userId: 'u' }, () => null);
  await sessions.destroy(SID);
  for await (const { id } of client.all()) assert.ok(!JSON.stringify(await client.get(id)).includes(SID));
});

test('a read while another user signs in returns the one or the other session', async (t) => {
  const world = await start(t);
  const { client } = world;
  const held = await world.sessions.write(SID, { ...COOKIE, userId: 'u' }, () => null);
  const [first] = (await client.list({ user_id: 'u' })).items;
  const overtaken = new LibrarySessions(
    {
      client: {
        ...client,
        get: async (id) => {
          if (id === first?.id) await world.sessions.write(SID, { ...COOKIE, userId: 'v' }, () => held);
          return client.get(id);
        },
      },
    },
    'test',
  );
  assert.equal((await overtaken.read(SID, false))?.data.userId, 'v');
});

test('a service with other session ids is detected by the first save', async (t) => {
  const { client } = await start(t);
  const open: typeof client.open = (request) => client.open(request);
  const sessions = new LibrarySessions({ client: { ...client, open } }, 'test');
  await assert.rejects(
    sessions.write(SID, COOKIE, () => null),
    { code: 'INVALID_RESPONSE', status: 500 },
  );
});

test('a write rejects after too many conflicts', async (t) => {
  const world = await start(t);
  const conflict = Object.assign(new Error('It has changed.'), { code: 'REVISION_CONFLICT' });
  const client = { ...world.client, replaceData: () => Promise.reject(conflict) };
  const sessions = new LibrarySessions({ client }, 'test');
  const held = await sessions.write(SID, COOKIE, () => null);
  await assert.rejects(
    sessions.write(SID, { ...COOKIE, a: 1 }, () => held),
    { code: 'REVISION_CONFLICT', status: 500 },
  );
});

test('a failed sign-in can be repeated with the same session id', async (t) => {
  const world = await start(t);
  let isFull = true;
  const open: typeof world.client.open = async (request, options) => {
    if (isFull && request.client === 'test') throw Object.assign(new Error('It is full.'), { code: 'STORE_FULL' });
    return world.client.open(request, options);
  };
  const sessions = new LibrarySessions({ client: { ...world.client, open } }, 'test');
  const signIn = () => sessions.write(SID, { ...COOKIE, userId: 'u' }, () => null);
  for (const _ of [1, 2]) await assert.rejects(signIn(), { code: 'STORE_FULL' });
  assert.equal(await world.client.count({ active: true }), 0);
  isFull = false;
  await signIn();
  assert.equal((await sessions.read(SID))?.data.userId, 'u');
  assert.equal(await world.client.count({ user_id: 'u', active: true }), 1);
});

test('a key of scope write is enough to sign in, change, switch users and sign out', async (t) => {
  const key = 'k'.repeat(43);
  const server = await startTestServer({
    keys: [{ name: 'app', scope: 'write', hash: hash('sha256', key), expires: null }],
  });
  t.after(server.stop);
  const sessions = new LibrarySessions({ client: createSessionsClient({ url: server.url, key, retries: 0 }) }, 'test');
  const cookie = { originalMaxAge: 60_000, path: '/' };
  for (const userId of ['u', 'u', 'v', null]) {
    const held = await sessions.read(SID);
    await sessions.write(SID, { cookie: { ...cookie, originalMaxAge: 120_000 }, userId }, () => held);
    assert.equal((await sessions.read(SID))?.data.userId, userId);
  }
  await sessions.destroy(SID);
  await sessions.write(SID, { cookie, userId: 'u' }, () => null);
  assert.equal((await sessions.read(SID))?.data.userId, 'u');
  await assert.rejects(sessions.list.count(), { code: 'FORBIDDEN' });
});
