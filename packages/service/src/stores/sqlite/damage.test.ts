import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { asJsonText } from '../../domain/json.ts';
import type { StoreReport } from '../shared/store-url.ts';
import type { SqliteStoreConfig } from './config.ts';
import { Databases, damagePage, PAGE_BYTES, pagesOf, pagesWith, sessionOf, write } from './fixtures/database.ts';
import { SqliteStore } from './store.ts';

/** A damaged part of the file affects only the sessions in that part. */

const databases = new Databases();
after(() => databases.remove());

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE' };
const USERS = 60;
/** The sessions of a user, which are stored beside each other: as many as fit on a page. */
const SESSIONS_OF_USER = 20;
const SESSIONS = Array.from({ length: USERS * SESSIONS_OF_USER }, (_, n) =>
  sessionOf(`id-${n}.`, `user ${Math.floor(n / SESSIONS_OF_USER)}`, JSON.stringify(`data of ${n} ${'.'.repeat(100)}`)),
);

interface Opened {
  readonly store: SqliteStore;
  readonly reports: StoreReport[];
}

async function open(t: TestContext, config: SqliteStoreConfig): Promise<Opened> {
  const reports: StoreReport[] = [];
  const store = new SqliteStore(config, undefined, (report) => reports.push(report));
  await store.open();
  t.after(() => store.close());
  return { store, reports };
}

interface Damaged extends Opened {
  /** Ids of the sessions that can no longer be read. */
  readonly lost: ReadonlySet<string>;
  /** A user who has such sessions and others, and one of the others. */
  readonly user_id: string;
  readonly readable: string;
}

/** A database in which the page with session 70 is damaged. */
async function damaged(t: TestContext): Promise<Damaged> {
  const config = databases.config();
  await write(config, SESSIONS);
  const [page = 0] = pagesWith(config.path, 'sessions', 'data of 70 ');
  damagePage(config.path, page);
  const opened = await open(t, config);
  const lost = new Set<string>();
  for (const { id, data } of SESSIONS) {
    const found = await opened.store.find(id).catch((error: unknown) => String(error));
    if (typeof found === 'string') lost.add(id);
    else assert.equal(found?.data, data);
  }
  assert.ok(lost.has('id-70.') && lost.size < 30, [...lost].join());
  const users = new Set(SESSIONS.filter(({ id }) => lost.has(id)).map(({ user_id }) => user_id));
  const other = SESSIONS.find(({ id, user_id }) => users.has(user_id) && !lost.has(id));
  assert.ok(other);
  return { ...opened, lost, user_id: other.user_id, readable: other.id };
}

test('a damaged page fails only the reads of the sessions on it', async (t) => {
  const { store, lost } = await damaged(t);
  for (let round = 0; round < 3; round += 1) {
    for (const id of lost) {
      await assert.rejects(store.find(id), { ...UNAVAILABLE, message: /a part of the database is damaged/ });
      // Ends the turn of the event loop, and with it the transaction of the reads.
      await new Promise(setImmediate);
    }
    assert.equal((await store.find('id-1199.'))?.user_id, 'user 59');
  }
  await store.ping();
});

test('of writes that share a commit, only the writes to damaged sessions fail', async (t) => {
  const { store, lost } = await damaged(t);
  const value = asJsonText('"changed"');
  const results = await Promise.allSettled(
    SESSIONS.map(({ id }) => store.update(id, { type: 'replace', member: 'data', value }, 1)),
  );
  SESSIONS.forEach(({ id }, index) => {
    assert.equal(results[index]?.status, lost.has(id) ? 'rejected' : 'fulfilled', id);
  });
  assert.equal((await store.find('id-1199.'))?.data, '"changed"');
  await store.insert(sessionOf('new'), { max: 5, policy: 'deny' }, 1);
  await assert.rejects(store.remove('id-70.'), UNAVAILABLE);
});

test('a user with a damaged session can sign in under a limit', async (t) => {
  const { store, user_id, readable } = await damaged(t);
  await store.insert(sessionOf('new', user_id), { max: 1, policy: 'evict_oldest' }, 1);
  assert.equal((await store.find('new'))?.close_time, null);
  assert.equal((await store.find(readable))?.close_reason, 'evicted');
});

test('a damaged session fails the lists that contain it, and no others', async (t) => {
  const { store, user_id } = await damaged(t);
  const page = { skip: 0, take: 100, total: true };
  await assert.rejects(store.list({ user_id }, page, 1), UNAVAILABLE);
  assert.equal((await store.list({ user_id: 'user 59' }, page, 1)).total, SESSIONS_OF_USER);
  assert.equal(await store.count({ active: true }, 1), SESSIONS.length);
});

test('a sweep and a purge skip damaged sessions, report them and do the rest', async (t) => {
  const { store, reports, lost } = await damaged(t);
  const { count } = await store.expire(5_000, 2_000);
  // Ended sessions are smaller, and the pages beside the damaged one cannot be merged with it.
  const unwritable = SESSIONS.length - count;
  assert.ok(unwritable >= lost.size && unwritable < 6 * SESSIONS_OF_USER, String(unwritable));
  assert.equal((await store.expire(5_000, 2_000)).count, 0);
  assert.match(JSON.stringify(reports), /"level":"error","count":\d+,"msg":"sessions in a damaged part/);
  const purged = await store.purge(10_000, 2_000);
  assert.ok(purged > count / 2, String(purged));
  assert.equal(await store.find('id-600.'), null);
});

test('a bulk close of a user closes all but damaged sessions, and reports them', async (t) => {
  const { store, user_id, lost } = await damaged(t);
  const request = { filter: { user_id }, except: [], reason: 'revoked', limit: 100, dry_run: false } as const;
  await assert.rejects(store.closeMatching(request, 1), { ...UNAVAILABLE, message: /cannot be read.*others.*closed/ });
  const others = SESSIONS.filter((session) => session.user_id === user_id && !lost.has(session.id));
  const reasons = await Promise.all(others.map(async ({ id }) => (await store.find(id))?.close_reason));
  assert.ok(reasons.includes('revoked'), reasons.join());
  const all = { ...request, filter: {}, limit: 2_000 };
  await assert.rejects(store.closeMatching(all, 1), UNAVAILABLE);
  assert.equal((await store.find('id-1199.'))?.close_reason, 'revoked');
});

test('an erasure of a user deletes all but damaged sessions, and reports them', async (t) => {
  const { store, user_id } = await damaged(t);
  const partly = { ...UNAVAILABLE, message: /cannot be read.*others.*deleted/ };
  await assert.rejects(store.removeOfUser(user_id, 100, 1), partly);
  const left = SESSIONS.filter((session) => session.user_id === user_id);
  const found = await Promise.all(left.map(({ id }) => store.find(id).catch(() => 'damaged')));
  assert.ok(found.includes(null), 'the readable sessions are deleted');
  assert.ok(found.includes('damaged'));
  await assert.rejects(store.removeOfUser(user_id, 100, 1), partly, 'it is never reported as complete');
});

test('a cached session is not live any more once its row was found damaged', async (t) => {
  const config = databases.config();
  await write(config, SESSIONS);
  const { store } = await open(t, config);
  assert.notEqual(await store.find('id-70.'), null);
  const [page = 0] = pagesWith(config.path, 'sessions', 'data of 70 ');
  damagePage(config.path, page);
  await assert.rejects(store.update('id-70.', { type: 'close', reason: 'closed' }, 1), UNAVAILABLE);
  await assert.rejects(store.find('id-70.'), UNAVAILABLE);
});

test('a long value on a damaged page is an error, and is never returned', async (t) => {
  for (const byte of [0, 0xff]) {
    const config = databases.config();
    const data = JSON.stringify('long '.repeat(4_000));
    await write(config, [sessionOf('long', 'user', data), sessionOf('short')]);
    const [page = 0] = pagesWith(config.path, 'sessions', 'long long').slice(-1);
    damagePage(config.path, page, byte);
    const { store } = await open(t, config);
    await assert.rejects(store.find('long'), UNAVAILABLE);
    assert.equal((await store.find('short'))?.id, 'short');
    await assert.rejects(store.update('long', { type: 'close', reason: 'closed' }, 1), UNAVAILABLE);
  }
});

test('damaged hourly counts fail no write', async (t) => {
  const config = databases.config();
  await write(config, SESSIONS.slice(0, 5));
  const [page = 0] = pagesOf(config.path, 'hours');
  damagePage(config.path, page);
  const { store } = await open(t, config);
  for (let n = 0; n < 5; n += 1) await store.insert(sessionOf(`new ${n}`), null, 1);
  await assert.rejects(store.hours(0), UNAVAILABLE);
  assert.notEqual(await store.find('new 4'), null);
});

test('with any page damaged, no session is returned as missing or as another one', async (t) => {
  const source = databases.config();
  const sessions = SESSIONS.slice(0, 100);
  await write(source, sessions);
  const pages = statSync(source.path).size / PAGE_BYTES;
  for (let page = 2; page <= pages; page += 1) {
    const config = databases.config();
    mkdirSync(dirname(config.path));
    copyFileSync(source.path, config.path);
    damagePage(config.path, page, page % 2 === 0 ? 0 : 0xff);
    const opened = await open(t, config).catch((error) => {
      assert.equal(error.code, 'STORE_UNUSABLE');
      return null;
    });
    if (!opened) continue;
    const { store } = opened;
    for (const { id, user_id, data } of sessions.filter((_, n) => n % 3 === 0)) {
      const found = await store.find(id).catch((error) => error.code);
      if (found !== 'STORE_UNAVAILABLE') assert.deepEqual([found?.user_id, found?.data], [user_id, data]);
    }
    const calls = [
      store.list({}, { skip: 0, take: 500, total: true }, 1),
      store.scan({}, null, 500, 1),
      store.insert(sessionOf('new', 'user 1'), { max: 3, policy: 'evict_idle' }, 1),
      store.update('id-21.', { type: 'close', reason: 'closed' }, 1),
      store.expire(5_000, 500),
      store.purge(10_000, 500),
      store.hours(0),
    ];
    for (const call of await Promise.allSettled(calls)) {
      if (call.status === 'rejected') assert.equal(call.reason.code, 'STORE_UNAVAILABLE', call.reason.stack);
    }
    await store.close();
  }
});
