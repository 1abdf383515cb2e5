import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressKey, textNumber } from '../../../domain/lists/search-keys.ts';
import { isLive, type Session } from '../../../domain/session.ts';
import type { Scan, ScanKey, SessionFilterV1 } from '../../../domain/store.ts';
import { assertRareFound, insertRareSessions } from '../../sql/fixtures/rare-sessions.ts';
import { Databases, NOW, query, sessionOf } from '../fixtures/databases.ts';
import { LISTED_LAG_MS } from './rows.ts';

const databases = new Databases({ settings: { fsync: 'off' } });

/** Minutes around the lag, so that the order in the index often differs from the order of activity. */
const minute = fc.integer({ min: 0, max: (4 * LISTED_LAG_MS) / 60_000 });
const time = minute.map((minutes) => NOW + minutes * 60_000);
const touches = fc.array(fc.record({ session: fc.nat({ max: 11 }), minutes: minute }), { maxLength: 40 });
const filter = fc.record(
  { active: fc.boolean(), from_time: time, to_time: time, user_id: fc.constantFrom('x', 'y') },
  { requiredKeys: [] },
);
const page = fc.record({ skip: fc.nat({ max: 6 }), take: fc.nat({ max: 6 }), total: fc.constant(true) });

test('postgres: pages are ordered by last activity, although their index lags behind', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const property = fc.asyncProperty(
    touches,
    fc.array(fc.tuple(filter, page), { minLength: 8, maxLength: 8 }),
    async (changes, requests) => {
      await query(url, 'TRUNCATE sessions');
      const sessions = new Map<string, Session>();
      let now = NOW;
      for (let n = 0; n < 12; n += 1) {
        const session = sessionOf(`s${n}`, { user_id: n % 2 === 0 ? 'x' : 'y', request_time: NOW - n * 30_000 });
        sessions.set(session.id, session);
        await store.insert(session, null, NOW);
      }
      for (const { session, minutes } of changes.toSorted((a, b) => a.minutes - b.minutes)) {
        now = NOW + minutes * 60_000;
        const result = await store.update(`s${session}`, { type: 'touch', touch_window_ms: 0 }, now);
        if ('session' in result) sessions.set(result.session.id, result.session);
      }
      for (const [filter, page] of requests) {
        const found = await store.list(filter, page, now);
        const expected = matching([...sessions.values()], filter, now);
        assert.equal(found.total, expected.length);
        assert.deepEqual(
          found.sessions.map(({ id }) => id),
          expected.slice(page.skip, page.skip + page.take),
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

function matching(sessions: readonly Session[], filter: SessionFilterV1, now: number): string[] {
  const { active, from_time = 0, to_time = Number.POSITIVE_INFINITY, user_id } = filter;
  return sessions
    .filter((session) => active === undefined || isLive(session, now) === active)
    .filter((session) => user_id === undefined || session.user_id === user_id)
    .filter(({ request_time }) => request_time >= from_time && request_time < to_time)
    .sort((a, b) => b.request_time - a.request_time || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

test('postgres: a sweep closes due sessions and skips sessions in use', async () => {
  const store = await databases.open();
  const idle = 3_600_000;
  await Promise.all(Array.from({ length: 40 }, (_, n) => store.insert(sessionOf(`s${n}`), null, NOW)));
  const inUse = Array.from({ length: 20 }, (_, n) => `s${n}`);
  await Promise.all(inUse.map((id) => store.update(id, { type: 'touch', touch_window_ms: 0 }, NOW + idle / 2)));
  const first = await store.expire(NOW + idle, 15);
  assert.deepEqual(first, { count: 15, earliest: NOW + idle });
  assert.equal((await store.expire(NOW + idle, 15)).count, 5);
  assert.deepEqual(await store.expire(NOW + idle, 15), { count: 0, earliest: null });
  assert.equal(await store.count({ active: true }, NOW + idle), 20);
  assert.equal((await store.expire(NOW + 2 * idle, 500)).count, 20);
});

test('postgres: a rare value is found in one page among many sessions, newest first', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(`${url}?partitions=16`);
  const column = (usual: string, rare: string) => `CASE WHEN n % 5000 = 17 THEN '${rare}' ELSE '${usual}' END`;
  await query(
    url,
    `INSERT INTO sessions (id, user_key, user_id, open_time, request_time, listed_time, active_until, idle_timeout_ms,
      deadline, due, revision, auth_time, client, user_name_key, address_key, client_key)
      SELECT to_hex(n) || 's', 1, 'u', n * 60000, 0, 0, 0, 1000, 1000, 1000, 1, 0, ${column('usual', 'rare')},
        ${column('ann', 'zoë')}, ${column(addressKey('192.0.2.1'), addressKey('10.9.8.7'))},
        CASE WHEN n % 5000 = 17 THEN ${textNumber('rare')} ELSE ${textNumber('usual')} END
      FROM generate_series(0, 24999) AS n`,
  );
  const rare = [20_017, 15_017, 10_017, 5_017, 17].map((n) => `${n.toString(16)}s`);
  for (const filter of [{ address: '10.9.0.0/16' }, { user_name: 'ZOË' }, { client: 'rare' }]) {
    const { sessions, next } = await store.scan(filter, null, 10, 0);
    assert.deepEqual([sessions.map(({ id }) => id), next], [rare, null], JSON.stringify(filter));
    const first = await store.scan(filter, null, 2, 0);
    const others = await store.scan(filter, first.next, 10, 0);
    assert.deepEqual(
      [...first.sessions, ...others.sessions].map(({ id }) => id),
      rare,
    );
  }
});

test('postgres: a page finds the few sessions of an end, a deadline, an activity or actors', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  const own = { user_key: '1', listed_time: '0', due: '0' };
  const numbers = (count: number) => `generate_series(0, ${count - 1}) AS n`;
  await query(url, insertRareSessions(numbers, own));
  await query(url, 'UPDATE sessions SET due = deadline, listed_time = request_time');
  await assertRareFound(store);
});

test('postgres: a search for two values that many sessions have apart ends, in pages', async () => {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  await query(
    url,
    `INSERT INTO sessions (id, user_key, user_id, open_time, request_time, listed_time, active_until, idle_timeout_ms,
      deadline, due, revision, auth_time, address_key, client, client_key)
      SELECT n || 's', 1, 'u', n * 100 + CASE WHEN n % 3 = 0 THEN 0 ELSE 1 << 23 END, n % 2, n % 2, 0, 1000, 1000, 1000, 1,
        0, '${addressKey('10.1.2.3')}', 'usual', ${textNumber('usual')} FROM generate_series(0, 34999) AS n;
      UPDATE sessions SET close_time = 1, close_reason = 'closed' WHERE request_time = 1 AND id <> '3s';
      UPDATE sessions SET request_time = 1, listed_time = 1 WHERE id = '4s'`,
  );
  const ids: string[] = [];
  let pages = 0;
  for (let next: ScanKey | null = null; pages === 0 || (next !== null && pages < 20); pages += 1) {
    const page: Scan = await store.scan({ client: 'usual', from_time: 1, active: true }, next, 10, 0);
    ids.push(...page.sessions.map(({ id }) => id));
    next = page.next;
  }
  assert.deepEqual(ids, ['4s', '3s']);
  assert.ok(pages > 1 && pages < 20, `${pages} pages`);
  const rare = await store.scan({ address: '10.0.0.0/8', client: 'rare' }, null, 10, 0);
  assert.deepEqual([rare.sessions.length, rare.next], [0, null], 'one page by the index of the rarer value');
});
