import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey, textNumber } from '../../../domain/lists/search-keys.ts';
import type { Scan, ScanKey } from '../../../domain/store.ts';
import { assertFiltersMatch } from '../../conformance/many-sessions.ts';
import {
  assertExpiringFound,
  assertRareFound,
  insertExpiringSessions,
  insertRareSessions,
} from '../../sql/fixtures/rare-sessions.ts';
import { Databases, query } from '../fixtures/databases.ts';
import type { PostgresStore } from '../store.ts';

const databases = new Databases({ settings: { fsync: 'off' } });

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

async function filledWith(insert: string): Promise<PostgresStore> {
  const url = await databases.server.newDatabase();
  const store = await databases.open(url);
  await query(url, insert);
  await query(url, 'UPDATE sessions SET due = deadline, listed_time = request_time');
  return store;
}

const numbers = (count: number) => `generate_series(0, ${count - 1}) AS n`;
const OWN = { user_key: '1', listed_time: '0', due: '0' };

test('postgres: a page finds the few sessions that a filter matches', async () => {
  await assertRareFound(await filledWith(insertRareSessions(numbers, OWN)));
});

test('postgres: a page finds sessions that expire soon at the end of the list', async () => {
  await assertExpiringFound(await filledWith(insertExpiringSessions(numbers, OWN)));
});

test('postgres: every filter lists exactly what it matches in many sessions', async () => {
  await assertFiltersMatch(await databases.open(), 40);
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
