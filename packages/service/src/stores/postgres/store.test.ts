import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionChange } from '../../domain/changes.ts';
import { randomText } from '../../domain/ids.ts';
import { asJsonText } from '../../domain/json.ts';
import { addressKey, nameKey, textNumber } from '../../domain/lists/search-keys.ts';
import { CONFORMANCE_CASES } from '../conformance/conformance.ts';
import { postgresStoreConfig } from './config.ts';
import { Databases, NOW, query, sessionOf } from './fixtures/databases.ts';
import { PostgresStore } from './store.ts';

// These tests do not depend on durability.
const databases = new Databases({ settings: { fsync: 'off' } });

for (const { name, run } of CONFORMANCE_CASES) {
  test(`postgres in partitions: ${name}`, async () => {
    const store = await databases.open(`${await databases.server.newDatabase()}?partitions=16`);
    await run(store);
    await store.close();
  });
}

test('postgres: nodes that start at once on an empty database create one schema', async () => {
  const url = await databases.server.newDatabase();
  const stores = await Promise.all(Array.from({ length: 4 }, () => databases.open(url)));
  await stores[0]?.insert(sessionOf('a'), null, NOW);
  assert.deepEqual(await Promise.all(stores.map(async (store) => (await store.find('a'))?.id)), ['a', 'a', 'a', 'a']);
  assert.deepEqual(await query(url, 'SELECT version, partitions FROM schema_version'), [[4, 1]]);
});

test('postgres: a schema of a newer version is rejected and not changed', async () => {
  const url = await databases.server.newDatabase();
  await databases.open(url);
  await query(url, 'UPDATE schema_version SET version = 99');
  await assert.rejects(databases.open(url), {
    code: 'STORE_UNUSABLE',
    message: /has schema version 99, but this service supports up to 4: a newer version wrote it/,
  });
  assert.deepEqual(await query(url, 'SELECT version FROM schema_version'), [[99]]);
});

test('postgres: a changed number of partitions is rejected', async () => {
  const url = await databases.server.newDatabase();
  await databases.open(`${url}?partitions=16`);
  await assert.rejects(databases.open(url), {
    code: 'STORE_UNUSABLE',
    message: /has partitions=16, but .* has partitions=1: set partitions=16/,
  });
});

test('postgres: a schema of another application and a missing database are unusable', async () => {
  const url = await databases.server.newDatabase();
  await query(url, 'CREATE SCHEMA pip_sessions; CREATE TABLE sessions (x int)');
  await assert.rejects(databases.open(url), { code: 'STORE_UNUSABLE', message: /another application/ });
  await assert.rejects(databases.open(`${url}_not`), { code: 'STORE_UNUSABLE', message: /does not exist/ });
});

test('postgres: two schemas of one database have separate sessions', async () => {
  const url = await databases.server.newDatabase();
  const [one, other] = await Promise.all([databases.open(url), databases.open(`${url}?schema=other`)]);
  await one.insert(sessionOf('a'), null, NOW);
  assert.equal(await other.find('a'), null);
});

test('postgres: an unreachable database fails the start with its address, no password', async () => {
  const store = new PostgresStore(postgresStoreConfig('postgres://user:secret@127.0.0.1:1/db'));
  await assert.rejects(store.open(), (error: Error) => {
    assert.match(error.message, /127\.0\.0\.1:1\/db.*ECONNREFUSED/);
    return 'code' in error && error.code === 'STORE_UNAVAILABLE' && !error.message.includes('secret');
  });
});

test('postgres: texts with U+0000 and U+0001 are restored and can be searched for', async () => {
  const store = await databases.open();
  const texts = { user_id: 'u\0\u0001\u00010', user_name: '\0', address: '\u0001', client: '1\0' };
  const session = sessionOf('i\0\u0001', { ...texts, data: asJsonText('"\\u0000"') });
  await store.insert(session, null, NOW);
  await store.insert(sessionOf('i\u00010', { user_id: 'u\u00010\u0001' }), null, NOW);
  assert.deepEqual({ ...(await store.find(session.id)) }, session);
  const { user_id, address, client } = session;
  for (const filter of [{ id: session.id }, { user_id }, { address }, { client }]) {
    const { sessions } = await store.scan({ ...filter } as object, null, 10, NOW);
    assert.deepEqual(
      sessions.map(({ id }) => id),
      [session.id],
    );
  }
  const published: SessionChange[] = [];
  (await databases.open()).watch((change) => published.push(change));
  const closing = { filter: { user_id }, except: ['\0'], reason: 'revoked', limit: 5, dry_run: false } as const;
  assert.deepEqual(await store.closeMatching(closing, NOW), { ids: [session.id], more: false });
  assert.equal((await store.remove(session.id))?.user_id, user_id);
});

test('postgres: the longest user id is counted, limited and listed like any other', async () => {
  const store = await databases.open();
  const long = Array.from({ length: 4096 }, (_, n) => String.fromCharCode(0x4e00 + ((n * 7919) % 20_000))).join('');
  for (const id of ['a', 'b']) {
    await store.insert(sessionOf(id, { user_id: long }), { max: 1, policy: 'evict_oldest' }, NOW);
  }
  assert.equal(await store.count({ user_id: long, active: true }, NOW), 1);
  assert.equal(await store.count({ user_id: long }, NOW), 2);
});

test('postgres: a change too large for a notification is a gap to other nodes', async () => {
  const url = await databases.server.newDatabase();
  const [here, there] = [await databases.open(url), await databases.open(url)];
  const published = Promise.withResolvers<SessionChange>();
  there.watch(published.resolve);
  await here.insert(sessionOf('a', { user_id: 'x'.repeat(9_000) }), null, NOW);
  assert.deepEqual(await published.promise, { type: 'gap' });
});

test('postgres: a write that the database rejects fails no other write of its batch', async () => {
  const store = await databases.open();
  // Longer than an index allows, and too random to be compressed.
  const long = Array.from({ length: 4096 }, (_, n) => String.fromCharCode(0x4e00 + ((n * n * 7919) % 20_011))).join('');
  const ids = ['a', 'b', long, 'c'];
  const results = await Promise.allSettled(ids.map((id) => store.insert(sessionOf(id), null, NOW)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((await store.find('c'))?.id, 'c');
});

test('postgres: an id that was removed can be inserted again in the same turn', async () => {
  const store = await databases.open();
  await store.insert(sessionOf('a', { user_name: 'first' }), null, NOW);
  const removed = store.remove('a');
  await store.insert(sessionOf('a', { user_name: 'second' }), null, NOW);
  assert.deepEqual([(await removed)?.user_name, (await store.find('a'))?.user_name], ['first', 'second']);
});

test('postgres: of two inserts of one id in one batch, only the first succeeds', async () => {
  const store = await databases.open();
  await store.insert(sessionOf('a'), null, NOW);
  const inserts = ['b', 'a', 'c', 'b'].map((id) => store.insert(sessionOf(id), null, NOW));
  const results = await Promise.allSettled(inserts);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
  );
  assert.equal((await store.hours(NOW))[0]?.opened, 3);
});

test('postgres: a change does not affect the large texts that it does not name', async () => {
  const store = await databases.open();
  const data = asJsonText(JSON.stringify('x'.repeat(60_000)));
  await store.insert(sessionOf('a', { data }), null, NOW);
  await store.update('a', { type: 'touch', touch_window_ms: 5 }, NOW + 1);
  await store.update('a', { type: 'replace', member: 'user', value: asJsonText('1') }, NOW + 2);
  const stored = await store.find('a');
  assert.deepEqual([stored?.data, stored?.user, stored?.request_time], [data, '1', NOW + 2]);
});

test('[B-12] postgres: calls above the queue limit fail at once', async () => {
  const store = await databases.open(undefined, { reads_waiting_max: 10, writes_waiting_max: 10 });
  const writes = Array.from({ length: 30 }, (_, n) => store.insert(sessionOf(`s${n}`), null, NOW));
  const finds = Array.from({ length: 30 }, (_, n) => store.find(`s${n}`));
  for (const results of await Promise.all([Promise.allSettled(writes), Promise.allSettled(finds)])) {
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
  }
  assert.equal(await store.find('s29'), null);
});

test('postgres: close finishes the accepted writes and rejects later ones', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const accepted = Array.from({ length: 1500 }, (_, n) => store.insert(sessionOf(`s${n}`), null, NOW));
  const closing = store.close();
  await assert.rejects(store.insert(sessionOf('late'), null, NOW), { code: 'STORE_UNAVAILABLE' });
  await Promise.all([...accepted, closing, store.close()]);
  await assert.rejects(store.find('s0'), { code: 'STORE_UNAVAILABLE' });
  assert.deepEqual(await query(url, 'SELECT count(*)::int FROM sessions'), [[1500]]);
});

test('postgres: a value that the database rejects is INVALID_DATA, not a store fault', async () => {
  const store = await databases.open();
  const says = {
    code: 'INVALID_DATA',
    message: /^A value cannot be stored or compared: PostgreSQL returned the error/,
  };
  await assert.rejects(store.list({ from_time: 1e19 }, { skip: 0, take: 1, total: false }, NOW), says);
  await assert.rejects(store.count({ to_time: -1e19 }, NOW), says);
  const inserts = [sessionOf('a'), sessionOf(randomText(4_000)), sessionOf('b')].map((one) =>
    store.insert(one, null, NOW),
  );
  const [before, bad, after] = await Promise.allSettled(inserts);
  assert.deepEqual([before?.status, after?.status], ['fulfilled', 'fulfilled']);
  assert.equal(bad?.status === 'rejected' && bad.reason.code, 'INVALID_DATA');
});

test('postgres: sessions of the former schema are found after the migration', async () => {
  const url = await databases.server.newDatabase();
  await databases.open(url);
  const addresses = [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '2001:db8::1',
    'Berlin',
    '10.0.0.0/8',
    '10/8',
    'fe80::1%eth0',
    '',
    ' ',
  ];
  const names = ['Ann', 'Zoë'.repeat(200), 'ZOE\u0308', 'İstanbul', 'ΑΣ', '\u2126', 'a\u0001b', '😀'.repeat(200), 'ǅ'];
  const clients = ['browser', 'ü'.repeat(4096), 'c\u0001d', '', 'a', 'b', 'c', 'd', '"\\'];
  const texts = [addresses, names, clients].map((some) =>
    some.map((text) => `'${text.replaceAll('\u0001', '\u00011')}'`),
  );
  for (const n of addresses.keys()) {
    await query(
      url,
      `INSERT INTO sessions (id, user_key, user_id, open_time, request_time, listed_time, active_until, idle_timeout_ms,
        deadline, due, revision, auth_time, address, user_name, client)
        VALUES ('${n}', 1, 'u', 1, 1, 1, 1, 1, 1, 1, 1, 1, ${texts.map((some) => some[n]).join(', ')})`,
    );
  }
  await query(url, 'UPDATE schema_version SET version = 2');
  await databases.open(url);
  const rows = await query(url, 'SELECT id, address_key, user_name_key, client_key FROM sessions ORDER BY id');
  assert.deepEqual(
    rows.map(([, address, name, client]) => [address, name, Number(client)]),
    addresses.map((address, n) => [
      addressKey(address),
      nameKey(names[n] ?? '').replaceAll('\u0001', '\u00011'),
      textNumber(clients[n] ?? ''),
    ]),
  );
});
