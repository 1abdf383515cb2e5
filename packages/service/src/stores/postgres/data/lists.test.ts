import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLive, type Session } from '../../../domain/session.ts';
import type { SessionFilterV1 } from '../../../domain/store.ts';
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
