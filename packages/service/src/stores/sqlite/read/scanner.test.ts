import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import {
  assertExpiringFound,
  assertRareFound,
  EXPIRING,
  insertRareSessions,
  SESSIONS,
} from '../../sql/fixtures/rare-sessions.ts';
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
  const { store } = await openStore(t, await filled(insertRareSessions(numbers, EXPIRING)));
  await assertExpiringFound(store);
  // No page reads the 12,000 sessions behind those that end later.
  const late = await store.scan({ expires_after: 501 }, null, 15_000, 0);
  const lateRest = await store.scan({ expires_after: 501 }, late.next, 15_000, 0);
  assert.equal(late.sessions.length + lateRest.sessions.length, SESSIONS - 12_000);
  assert.equal(lateRest.next, null);
});
