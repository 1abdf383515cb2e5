import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { assertRareFound, insertRareSessions } from '../../sql/fixtures/rare-sessions.ts';
import { Databases, write } from '../fixtures/database.ts';
import { openStore } from '../fixtures/opened.ts';

const databases = new Databases();
after(() => databases.remove());

const numbers = (count: number) =>
  `(WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1}) SELECT n FROM numbers)`;

async function filled(insert: string) {
  const config = databases.config();
  await write(config, []);
  const db = new DatabaseSync(config.path);
  db.exec(insert);
  db.close();
  return config;
}

test('sqlite: a page finds the few sessions of an end, a deadline, an activity or actors', async (t) => {
  const { store } = await openStore(t, await filled(insertRareSessions(numbers)));
  await assertRareFound(store);
});

test('sqlite: a page finds sessions that expire soon where they begin, at the end of the list', async (t) => {
  const live = { close_time: 'NULL', close_reason: 'NULL', closed_by: 'NULL' };
  const config = await filled(
    insertRareSessions(numbers, { ...live, deadline: 'CASE WHEN n < 12000 THEN 500 ELSE 1000 END' }),
  );
  const { store } = await openStore(t, config);
  const soon = { expires_before: 501 };
  const first = await store.scan(soon, null, 3, 0);
  assert.deepEqual(
    first.sessions.map(({ id }) => id),
    ['11999s', '11998s', '11997s'],
  );
  const second = await store.scan(soon, first.next, 2, 0);
  assert.deepEqual(
    second.sessions.map(({ id }) => id),
    ['11996s', '11995s'],
  );
  const all = await store.scan(soon, null, 15_000, 0);
  const rest = await store.scan(soon, all.next, 15_000, 0);
  assert.equal(new Set([...all.sessions, ...rest.sessions].map(({ id }) => id)).size, 12_000);
  assert.equal(rest.next, null);
  const late = { ...soon, opened_after: 12_000 * 60_000 };
  assert.deepEqual(await store.scan(late, null, 3, 0), { sessions: [], next: null });
});
