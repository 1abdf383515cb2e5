import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import type { SessionChange } from '../../../domain/changes.ts';
import { Sessions } from '../../../domain/sessions.ts';
import type { SessionStore } from '../../../domain/store.ts';
import { ManualClock } from '../../../domain/time/clock.ts';
import { elapsedTime } from '../../../domain/time/elapsed-time.ts';
import { NearSessions } from '../../../near-sessions/near-sessions.ts';
import { watermarkReached } from '../../conformance/told.ts';
import { postgresStoreConfig } from '../config.ts';
import { Connection, type Statement } from '../connection/connection.ts';
import { Deadline } from '../connection/deadline.ts';
import { Databases, NOW, query, sessionOf } from '../fixtures/databases.ts';
import { Feed } from './feed.ts';

const databases = new Databases({ settings: { fsync: 'off' } });
const CHANGES = 'pip_sessions_changes';
/** A message that never arrives fails its test after this time. */
const BOUND = { timeout: 30_000 };

/** A role that may connect but has no rights. It receives everything on the channels that it listens to. */
async function connectStranger(t: TestContext, url: string) {
  await query(url, 'DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$');
  const client = new pg.Client({ connectionString: url.replace('//postgres@', '//stranger@') });
  await client.connect();
  t.after(() => client.end());
  const heard: { readonly channel: string; readonly payload: string }[] = [];
  client.on('notification', ({ channel, payload = '' }) => heard.push({ channel, payload }));
  const notify = (channel: string, payload: string) =>
    client.query({ text: 'SELECT pg_notify($1, $2)', values: [channel, payload] });
  return { client, heard, notify };
}

/** The channels that stores listen to, and their beats, which the test can hold back. */
function spyOnConnections(t: TestContext) {
  const spied = { channels: [] as string[], beats: [] as string[], isHeld: false };
  const real = Connection.prototype.query;
  t.mock.method(Connection.prototype, 'query', function spy(this: Connection, statement: Statement) {
    const [, channel] = /^LISTEN "(.*)"$/.exec(statement.text) ?? [];
    if (channel !== undefined) spied.channels.push(channel);
    if (statement.name === 'beat') {
      if (spied.isHeld) return new Promise(() => {});
      spied.beats.push(String(statement.values?.[1]));
    }
    return real.call(this, statement);
  });
  return spied;
}

function publishedBy(store: SessionStore): SessionChange[] {
  const published: SessionChange[] = [];
  store.watch((change) => published.push(change));
  return published;
}

function gapOf(store: SessionStore): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = store.watch(({ type }) => {
    if (type === 'gap') resolve();
  });
  return promise.finally(stop);
}

test('[M-06] postgres: a role with LISTEN and NOTIFY learns no id and no user', async (t) => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const stranger = await connectStranger(t, url);
  await stranger.client.query(`LISTEN ${CHANGES}`);
  for (const table of ['sessions', 'feed_key', 'schema_version', 'leases', 'hours']) {
    const read = stranger.client.query(`SELECT * FROM pip_sessions.${table}`);
    await assert.rejects(read, { code: '42501' }, table);
  }
  const ids = ['an-id-to-look-for', 'another-id-to-look-for'];
  for (const id of ids) await store.insert(sessionOf(id, { user_id: 'a-user-to-look-for' }), null, NOW);
  await store.update(ids[0] ?? '', { type: 'close', reason: 'revoked' }, NOW);
  await stranger.client.query('SELECT 1');
  assert.equal(stranger.heard.length, 3);
  for (const { payload } of stranger.heard) {
    const bytes = [
      payload,
      ...[0, 1, 2, 3].map((from) => Buffer.from(payload.slice(from), 'base64').toString('latin1')),
    ];
    for (const text of bytes) assert.doesNotMatch(text, /look-for|revoked|user/);
  }
});

test('[M-07] postgres: forged notifications end no session and extend no cache entry', BOUND, async (t) => {
  const spied = spyOnConnections(t);
  const url = await databases.server.newDatabase();
  const [store, other] = [await databases.open(url), await databases.open(url)];
  const beatChannel = spied.channels.find((channel) => channel.startsWith('pip_beat_')) ?? '';
  const clock = new ManualClock();
  const near = new NearSessions(store, { sessions_max: 100, bytes_max: 1_000_000 });
  const here = new Sessions(store, clock, {}, () => {}, near);
  const there = new Sessions(other, clock);
  const stranger = await connectStranger(t, url);
  await stranger.client.query(`LISTEN ${CHANGES}; LISTEN "${beatChannel}"`);
  const { session, token } = await there.openWithToken({ user_id: 'u' }, null);
  const ended = await there.open({ user_id: 'u' });
  await there.close(ended.session.id);
  await watermarkReached(store, elapsedTime());
  await stranger.client.query('SELECT 1');
  const copies = stranger.heard.filter(({ channel }) => channel === CHANGES).map(({ payload }) => payload);
  assert.equal(copies.length, 3);
  const published = publishedBy(store);
  const invented = [
    `x\n["${session.id}","u",9,"revoked"]`,
    `["${session.id}","u",9,"revoked"]`,
    `["${session.id}","u"]`,
    `${copies[0]?.slice(0, 16)}${Buffer.from(`["${session.id}","u"]`).toString('base64')}`,
    ...copies.map((copy) => `${copy.slice(0, 30)}${copy[30] === 'A' ? 'B' : 'A'}${copy.slice(31)}`),
    ...['', '-', 'x'.repeat(7_999)],
  ];
  const beats = ['', 'Infinity', '1e15', String(elapsedTime() + 3_600_000), ...spied.beats];
  for (const payload of [...copies, ...invented]) await stranger.notify(CHANGES, payload);
  for (const payload of beats) await stranger.notify(beatChannel, payload);
  await watermarkReached(store, elapsedTime());
  assert.ok(store.watermark() <= elapsedTime());
  assert.deepEqual(new Set(published.map(({ type }) => type)), new Set(['gap']));
  assert.ok(published.length <= 3, `${published.length} gaps`);
  assert.ok((await here.validate(token)).active);

  // From now on no beat of the node comes back, and the stranger's beats do not count.
  spied.isHeld = true;
  await stranger.notify(CHANGES, 'garbage');
  await gapOf(store);
  const until = store.watermark();
  for (const payload of [...beats, ...spied.beats]) await stranger.notify(beatChannel, payload);
  await stranger.notify(CHANGES, 'garbage');
  await gapOf(store);
  assert.equal(store.watermark(), until);
});

test('postgres: replayed notifications from before a node started change nothing', async (t) => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const stranger = await connectStranger(t, url);
  await stranger.client.query(`LISTEN ${CHANGES}`);
  await store.insert(sessionOf('a'), null, NOW);
  await store.update('a', { type: 'close', reason: 'revoked' }, NOW);
  await stranger.client.query('SELECT 1');
  const late = await databases.open(url);
  const published = publishedBy(late);
  for (const { payload } of [...stranger.heard]) await stranger.notify(CHANGES, payload);
  await watermarkReached(late, elapsedTime());
  assert.deepEqual(new Set(published.map(({ type }) => type)), new Set(['gap']));
});

test('postgres: a late commit of unknown outcome is published when it arrives', BOUND, async (t) => {
  const url = await databases.server.newDatabase();
  await (await databases.open(url)).close();
  const config = postgresStoreConfig(url);
  const feed = new Feed(config, () => assert.fail('a notification of a node was not believed'));
  t.after(() => feed.close());
  await feed.open();
  const deadline = new Deadline(60_000);
  const connection = await Connection.open(config, 60_000, deadline);
  t.after(() => connection.destroy());
  const change = { type: 'changed', id: 'a', user_id: 'u', revision: 2, close_reason: 'closed' } as const;
  const published: SessionChange[] = [];
  const isPublished = Promise.withResolvers<void>();
  feed.watch((one) => {
    published.push(one);
    if (one.type !== 'gap') isPublished.resolve();
  });
  const [payload] = feed.payloads([change], connection);
  const lost = feed.tellOwn([change], () => Promise.reject(new Error('the connection was lost')));
  await assert.rejects(lost, /lost/);
  assert.deepEqual(published, [{ type: 'gap' }]);
  await connection.query({ text: 'SELECT pg_notify($1, $2)', values: [CHANGES, payload ?? ''] });
  await isPublished.promise;
  assert.deepEqual(published, [{ type: 'gap' }, change]);
});

test('postgres: a schema without a feed key, or with two, is rejected', async () => {
  const url = await databases.server.newDatabase();
  await databases.open(url);
  for (const change of ['INSERT INTO feed_key SELECT key FROM feed_key', 'DELETE FROM feed_key']) {
    await query(url, change);
    await assert.rejects(databases.open(url), { code: 'STORE_UNUSABLE', message: /feed_key/ });
  }
});

test('postgres: changes that exceed one notification are divided among several', async () => {
  const url = await databases.server.newDatabase();
  const [here, there] = [await databases.open(url), await databases.open(url)];
  const published = publishedBy(there);
  const ids = Array.from({ length: 300 }, (_, n) => `session-${n}-${'x'.repeat(40)}`);
  await Promise.all(ids.map((id) => here.insert(sessionOf(id), null, NOW)));
  await watermarkReached(there, elapsedTime());
  assert.deepEqual(published.map((change) => (change.type === 'gap' ? '' : change.id)).toSorted(), ids.toSorted());
});
