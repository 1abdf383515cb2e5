import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { addressKey, nameKey, textNumber } from '../../../domain/lists/search-keys.ts';
import type { Scan, ScanKey, SessionFilter } from '../../../domain/store.ts';
import { Databases, write } from '../fixtures/database.ts';
import { openStore } from '../fixtures/opened.ts';
import { SearchParts } from '../write/search-parts.ts';

const databases = new Databases();
after(() => databases.remove());

/** More than a list looks at in one page. */
const SESSIONS = 25_000;
const MINUTE_MS = 60_000;

/** Each session is opened a minute after the one before; one of 5,000 has the rare values. */
function fill(path: string): void {
  const db = new DatabaseSync(path);
  const insert = db.prepare(
    `INSERT INTO sessions (id, user_id, user_name, address, client, open_time, request_time, active_until, idle_timeout_ms,
      deadline, revision, auth_time, user_name_key, address_key, client_key, search_part)
      VALUES (?, 'u', ?, ?, ?, ?, 0, 0, 1000, 1000, 1, 0, ?, ?, ?, ?)`,
  );
  const parts = new SearchParts(db);
  db.exec('BEGIN');
  for (let n = 0; n < SESSIONS; n += 1) {
    const isRare = n % 5_000 === 17;
    const [name, address, client] = isRare ? ['Zoë', '10.9.8.7', 'rare'] : ['Ann', '192.0.2.1', 'usual'];
    insert.run(
      `s${n}`,
      name,
      address,
      client,
      n * MINUTE_MS,
      nameKey(name),
      addressKey(address),
      textNumber(client),
      parts.partOf(n * MINUTE_MS),
    );
  }
  db.exec('COMMIT');
  db.close();
}

/** One half of the sessions has this activity, and the other half is live. */
const NO_INDEX_HELPS = { from_time: 1, active: true } as const;

function endHalf(path: string, except = ''): void {
  const db = new DatabaseSync(path);
  db.exec(
    `UPDATE sessions SET request_time = 1, close_time = 1, close_reason = 'closed' WHERE rowid % 2 = 0 ${except}`,
  );
  db.close();
}

test('sqlite: a rare value is found in one page among many sessions, newest first', async (t) => {
  const config = databases.config();
  await write(config, []);
  fill(config.path);
  const { store } = await openStore(t, config);
  const rare = [20_017, 15_017, 10_017, 5_017, 17].map((n) => `s${n}`);
  const idsOf = async (filter: SessionFilter, take: number, from: ScanKey | null = null) => {
    const { sessions, next } = await store.scan(filter, from, take, 0);
    return { ids: sessions.map(({ id }) => id), next };
  };
  for (const filter of [{ address: '10.9.0.0/16' }, { user_name: 'ZOË' }, { client: 'rare' }]) {
    assert.deepEqual(await idsOf(filter, 10), { ids: rare, next: null }, JSON.stringify(filter));
    const first = await idsOf(filter, 2);
    assert.deepEqual(first.ids, rare.slice(0, 2));
    assert.deepEqual((await idsOf(filter, 10, first.next)).ids, rare.slice(2));
    assert.deepEqual((await idsOf({ ...filter, active: false }, 10)).ids, []);
  }
  assert.deepEqual((await idsOf({ client: 'usual', address: '10.0.0.0/8' }, 10)).ids, []);
});

test('sqlite: a search whose matches another filter excludes goes on in pages', async (t) => {
  const config = databases.config();
  await write(config, []);
  fill(config.path);
  endHalf(config.path);
  const { store } = await openStore(t, config);
  const ids: string[] = [];
  let from: ScanKey | null = null;
  let pages = 0;
  do {
    const page = await store.scan({ client: 'usual', user_name: 'an', ...NO_INDEX_HELPS }, from, 10, 0);
    ids.push(...page.sessions.map(({ id }) => id));
    from = page.next;
    pages += 1;
  } while (from !== null && pages < 10);
  assert.deepEqual([ids, from], [[], null]);
  assert.ok(pages > 1, 'no page looks at all sessions');
});

test('sqlite: a search for two values that many sessions have apart ends, in pages', async (t) => {
  const config = databases.config();
  await write(config, []);
  const db = new DatabaseSync(config.path);
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 34999)
    INSERT INTO sessions (id, user_id, open_time, request_time, active_until, idle_timeout_ms, deadline, revision,
      auth_time, address_key, client, client_key)
    SELECT n || 's', 'u', n * 100 + CASE WHEN n % 3 = 0 THEN 0 ELSE 1 << 23 END, n IN (3, 4), 0, 1000, 1000, 1, 0,
      '${addressKey('10.1.2.3')}', 'usual', ${textNumber('usual')} FROM numbers;
    UPDATE sessions SET search_part = (open_time >> 22) << 22`);
  db.close();
  endHalf(config.path, "AND id NOT IN ('3s', '4s')");
  const { store } = await openStore(t, config);
  const ids: string[] = [];
  let pages = 0;
  for (let next: ScanKey | null = null; pages === 0 || (next !== null && pages < 20); pages += 1) {
    const page: Scan = await store.scan({ client: 'usual', ...NO_INDEX_HELPS }, next, 10, 0);
    ids.push(...page.sessions.map(({ id }) => id));
    next = page.next;
  }
  assert.deepEqual(ids, ['4s', '3s']);
  assert.ok(pages > 1 && pages < 20, `${pages} pages`);
  const rare = await store.scan({ address: '10.0.0.0/8', client: 'rare' }, null, 10, 0);
  assert.deepEqual([rare.sessions.length, rare.next], [0, null], 'one page by the index of the rarer value');
});

test('sqlite: a search of a value that is rarer than the parts of time ends, in pages', async (t) => {
  const config = databases.config();
  await write(config, []);
  const db = new DatabaseSync(config.path);
  const hour = 2 ** 22;
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 45000)
    INSERT INTO sessions (id, user_id, open_time, request_time, active_until, idle_timeout_ms, deadline, revision,
      auth_time, client, client_key, search_part)
    SELECT n || 's', 'u', n * ${hour}, 0, 0, 1000, 1000, 1, 0, CASE n % 20000 WHEN 1 THEN 'rare' ELSE 'usual' END,
      CASE n % 20000 WHEN 1 THEN ${textNumber('rare')} ELSE 7 END, n * ${hour} FROM numbers`);
  db.close();
  const { store } = await openStore(t, config);
  const pages: string[][] = [];
  for (let next: ScanKey | null = null; pages.length === 0 || (next !== null && pages.length < 20); ) {
    const page: Scan = await store.scan({ client: 'rare' }, next, 10, 0);
    pages.push(page.sessions.map(({ id }) => id));
    next = page.next;
  }
  assert.deepEqual(pages.flat(), ['40001s', '20001s', '1s']);
  assert.equal(pages.length, 3);
});
