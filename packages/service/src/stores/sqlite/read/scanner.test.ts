import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { Scan, ScanKey } from '../../../domain/store.ts';
import { assertFiltersMatch } from '../../conformance/many-sessions.ts';
import {
  assertExpiringFound,
  assertRareFound,
  insertExpiringSessions,
  insertRareSessions,
} from '../../sql/fixtures/rare-sessions.ts';
import { Databases, write } from '../fixtures/database.ts';
import { openStore } from '../fixtures/opened.ts';
import { Scanner } from './scanner.ts';
import { Statements } from './statements.ts';

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

test('sqlite: a page finds the few sessions that a filter matches', async (t) => {
  const { store } = await openStore(t, await filled(insertRareSessions(numbers)));
  await assertRareFound(store);
});

test('sqlite: a page finds sessions that expire soon at the end of the list', async (t) => {
  const { store } = await openStore(t, await filled(insertExpiringSessions(numbers)));
  await assertExpiringFound(store);
});

test('sqlite: deadlines of too many sessions do not lead a page past any of them', async (t) => {
  const db = new DatabaseSync((await filled(insertExpiringSessions(numbers))).path);
  t.after(() => db.close());
  const scanner = new Scanner(new Statements(db), 1_000);
  let found = 0;
  let next: ScanKey | null = null;
  do {
    const page: Scan = scanner.scan({ expires_before: 501 }, next, 10_000, 0);
    found += page.sessions.length;
    next = page.next;
  } while (next !== null);
  assert.equal(found, 15_000);
});

test('sqlite: every filter lists exactly what it matches in many sessions', async (t) => {
  const { store } = await openStore(t, databases.config());
  await assertFiltersMatch(store, 60);
});
