import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startSessions } from '../middleware/fixtures/worlds.ts';
import { OldSessionsFixture } from './fixtures/old-sessions.ts';
import { LibrarySessions } from './sessions/library-sessions.ts';

const SID = 'a session id of a library';
const COOKIE = { cookie: { originalMaxAge: 3_600_000, path: '/' } };
const SIGNED_IN = { ...COOKIE, userId: 'ann', cart: ['apple'] };
const HOUR_MS = 3_600_000;

/** Two processes of an application. The clock of `ahead` may differ from that of `behind` by `ahead_ms`. */
async function start(t: TestContext, until_ms: number, ahead_ms = 0) {
  const world = await startSessions('embedded');
  t.after(world.stop);
  const old = new OldSessionsFixture();
  old.add(SID, SIGNED_IN);
  const from_ms = Date.now() + until_ms;
  const process = (early_ms: number) =>
    new LibrarySessions({ client: world.client, fallback: { store: old, from: new Date(from_ms - early_ms) } }, 'test');
  let passed_ms = 0;
  const real = Date.now.bind(Date);
  t.mock.method(Date, 'now', () => real() + passed_ms);
  const wait = (ms: number) => {
    passed_ms += ms;
  };
  return { ...world, old, wait, behind: process(0), ahead: process(ahead_ms) };
}

test('until the change-over, the store only passes calls to the old one', async (t) => {
  const { behind, old, client, takeAway, bringBack } = await start(t, HOUR_MS);
  takeAway();
  const held = await behind.read(SID);
  assert.deepEqual(held?.data, SIGNED_IN);
  await behind.touch(SID, held);
  await behind.write(SID, { ...SIGNED_IN, cart: [] }, () => held);
  await behind.write('new', { ...COOKIE, userId: 'bob' }, () => null);
  assert.deepEqual(JSON.parse(old.sessions.get(SID) ?? '').cart, []);
  await behind.destroy(SID);
  assert.equal(await behind.read(SID), null);
  assert.deepEqual([...old.sessions.keys()], ['new']);
  bringBack();
  assert.equal(await client.count(), 0);
});

test('[T-06] a request across the change-over keeps its change and those of others', async (t) => {
  const { behind, old, wait } = await start(t, HOUR_MS);
  const held = await behind.read(SID);
  old.add(SID, { ...SIGNED_IN, lang: 'en' });
  wait(HOUR_MS);
  await behind.write(SID, { ...SIGNED_IN, cart: ['pear'] }, () => held);
  assert.deepEqual((await behind.read(SID))?.data, { ...SIGNED_IN, cart: ['pear'], lang: 'en' });
  assert.equal(old.sessions.size, 0);
});

test('a request across the change-over does not undo a sign-out', async (t) => {
  const { behind, ahead, wait, client } = await start(t, HOUR_MS);
  const held = await behind.read(SID);
  wait(HOUR_MS);
  await ahead.destroy(SID);
  assert.equal(await behind.write(SID, { ...SIGNED_IN, cart: ['pear'] }, () => held), null);
  await behind.touch(SID, held);
  assert.equal(await behind.read(SID), null);
  assert.equal(await client.count({ active: true }), 0);
});

test('a process whose clock is behind sees sessions that were taken over', async (t) => {
  const { behind, ahead, old } = await start(t, 30_000, 40_000);
  assert.deepEqual((await ahead.read(SID))?.data, SIGNED_IN);
  assert.equal(old.sessions.size, 0);
  assert.deepEqual((await behind.read(SID))?.data, SIGNED_IN);
  await ahead.write('new', { ...COOKIE, userId: 'bob' }, () => null);
  assert.deepEqual((await behind.read('new'))?.data, { ...COOKIE, userId: 'bob' });
});

test('[T-03] a sign-out by a process whose clock is behind is final for the others', async (t) => {
  const { behind, ahead, client } = await start(t, 30_000, 40_000);
  await ahead.read(SID);
  await behind.destroy(SID);
  assert.equal(await ahead.read(SID), null);
  assert.equal(await client.count({ active: true }), 0);
});

test('a wrong option of fallback is named', () => {
  const client = { open: () => {} } as never;
  const store = new OldSessionsFixture();
  const cases: readonly (readonly [fallback: unknown, message: RegExp])[] = [
    [null, /^fallback are null: use fallback: \{ store \}/],
    [{}, /^fallback\.store has no method get/],
    [{ store: { get: () => {} } }, /^fallback\.store has no method set/],
    [{ store, form: new Date() }, /^form is an unknown option of fallback; allowed: store, from, leave, timeout_ms/],
    [{ store, from: '2026-01-01' }, /^fallback\.from must be a valid Date/],
    [{ store, from: new Date('no date') }, /^fallback\.from must be a valid Date/],
    [{ store, leave: 'yes' }, /^fallback\.leave must be true or false/],
    [{ store, timeout_ms: 0 }, /^fallback\.timeout_ms must be an integer from 1 to 60000/],
  ];
  for (const [fallback, message] of cases) {
    assert.throws(() => new LibrarySessions({ client, fallback } as never, 'test'), { name: 'TypeError', message });
  }
});
