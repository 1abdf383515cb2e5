import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { asJsonText } from '../../domain/json.ts';
import { open } from '../../domain/session.ts';
import { HAS_ENDED, IS_OPEN } from './conditions.ts';
import { sqliteStoreConfig } from './config.ts';
import { MIGRATIONS } from './schema.ts';
import { SqliteStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'pip-sessions-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function newConfig() {
  files += 1;
  return sqliteStoreConfig(`sqlite:${folder}/${files}/sessions.db`);
}

async function withStore(config: ReturnType<typeof newConfig>, work: (store: SqliteStore) => Promise<void>) {
  const store = new SqliteStore(config);
  await store.open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function sessionOf(id: string) {
  const fields = { user_id: 'user', user_name: null, address: null, client: null, user: null, data: null };
  return open(id, { ...fields, idle_timeout_ms: 1000, expire_time: null }, 0);
}

test('sqlite: sessions survive a restart', async () => {
  const config = newConfig();
  await withStore(config, async (store) => {
    await store.insert(sessionOf('a'), null, 0);
    await store.update('a', { type: 'replace', member: 'data', value: asJsonText('[1]') }, 5);
  });
  await withStore(config, async (store) => assert.equal((await store.find('a'))?.data, '[1]'));
});

test('sqlite: close finishes the accepted writes and rejects later ones', async () => {
  const config = newConfig();
  const store = new SqliteStore(config);
  await store.open();
  const accepted = Array.from({ length: 1500 }, (_, n) => store.insert(sessionOf(`s${n}`), null, 0));
  const closing = store.close();
  await assert.rejects(store.insert(sessionOf('late'), null, 0), { code: 'STORE_UNAVAILABLE' });
  await Promise.all([...accepted, closing, store.close()]);
  await assert.rejects(store.find('s0'), { code: 'STORE_UNAVAILABLE' });
  await withStore(config, async (reopened) => {
    assert.equal((await reopened.list({}, { skip: 0, take: 1, total: true }, 1)).total, 1500);
  });
});

test('sqlite: a read sees the write that succeeded before it, even in the same turn', async () => {
  await withStore(newConfig(), async (store) => {
    await store.insert(sessionOf('a'), null, 0);
    for (let n = 0; n < 50; n += 1) {
      const write = store.update('a', { type: 'replace', member: 'data', value: asJsonText(String(n)) }, n);
      await Promise.all([
        store.find('a'),
        write.then(async () => assert.equal((await store.find('a'))?.data, String(n))),
      ]);
    }
  });
});

test('[B-12] sqlite: writes above the queue limit fail at once, and the others succeed', async () => {
  await withStore({ ...newConfig(), writes_waiting_max: 10 }, async (store) => {
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, n) => store.insert(sessionOf(`s${n}`), null, 0)),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
    assert.equal((await store.list({}, { skip: 0, take: 1, total: true }, 1)).total, 10);
  });
});

test('sqlite: a write that waits too long for a lock fails and changes nothing', async () => {
  const config = { ...newConfig(), lock_timeout_ms: 10 };
  await withStore(config, async (store) => {
    const other = new DatabaseSync(config.path);
    other.exec('BEGIN IMMEDIATE');
    await assert.rejects(store.insert(sessionOf('a'), null, 0), { code: 'STORE_UNAVAILABLE', message: /locked/ });
    assert.equal(await store.find('a'), null);
    other.exec('ROLLBACK');
    other.close();
    await store.insert(sessionOf('a'), null, 0);
    assert.notEqual(await store.find('a'), null);
  });
});

test('sqlite: a file that another process serves is rejected until that one ends', async () => {
  const config = { ...newConfig(), owner_timeout_ms: 10 };
  const other = new SqliteStore(config);
  await withStore(config, async () => {
    await assert.rejects(other.open(), { code: 'STORE_UNUSABLE', message: /served by another process/ });
  });
  await withStore(config, async (store) => store.ping());
});

test('sqlite: cached and uncached reads agree about a session while it changes', async () => {
  await withStore(newConfig(), async (store) => {
    const page = { skip: 0, take: 10, total: false };
    for (let n = 0; n < 30; n += 1) {
      const id = `s${n}`;
      await store.insert(sessionOf(id), null, 0);
      await store.find(id);
      let settled = false;
      const closing = store.update(id, { type: 'close', reason: 'closed' }, 5).finally(() => {
        settled = true;
      });
      let seenClosed = false;
      while (!settled) {
        const { sessions } = await store.list({ id }, page, 5);
        const listed = sessions[0]?.close_time !== null;
        const found = (await store.find(id))?.close_time !== null;
        assert.equal(found, listed);
        assert.ok(found || !seenClosed, 'a session that was seen closed is seen open again');
        seenClosed = found;
        await new Promise(setImmediate);
      }
      await closing;
      assert.notEqual((await store.find(id))?.close_time, null);
    }
  });
});

test('sqlite: the write-ahead log stays below its limit under constant load', async () => {
  const config = { ...newConfig(), wal_bytes_max: 200_000, writes_per_commit_max: 16 };
  await withStore(config, async (store) => {
    let largest = 0;
    const load = Array.from({ length: 32 }, async (_, worker) => {
      for (let n = 0; n < 60; n += 1) {
        await store.insert(sessionOf(`${worker}-${n}`), null, 0);
        await store.find(`${worker}-${n}`);
        largest = Math.max(largest, statSync(`${config.path}-wal`).size);
      }
    });
    await Promise.all(load);
    // One commit may exceed the bound before the size is checked.
    assert.ok(largest < 3 * config.wal_bytes_max, String(largest));
  });
});

test('sqlite: a commit is on disk before it returns (WAL, synchronous FULL)', async () => {
  const config = newConfig();
  await withStore(config, async () => {
    const { connect, prepare } = await import('./connection.ts');
    const db = connect(config);
    assert.deepEqual(prepare(db, 'PRAGMA journal_mode').get(), ['wal']);
    assert.deepEqual(prepare(db, 'PRAGMA synchronous').get(), [2]);
    db.close();
  });
});

test("sqlite: only the service's own user can read the file", async () => {
  const config = newConfig();
  await withStore(config, async () => assert.equal(statSync(config.path).mode & 0o077, 0));
});

test('sqlite: a file of an earlier version is migrated without a change to sessions', async () => {
  const config = newConfig();
  mkdirSync(dirname(config.path), { recursive: true });
  const db = new DatabaseSync(config.path);
  db.exec(`${MIGRATIONS[0]}; PRAGMA application_id = ${0x50697053}; PRAGMA user_version = 1;
    INSERT INTO sessions (id, user_id, user_name, address, client, open_time, request_time, idle_timeout_ms, deadline,
        revision, data)
      VALUES ('open', 'u', 'Zoë', '::ffff:10.1.2.3', 'app', 5, 7, 1000, 1007, 2, '{"a":1}');
    INSERT INTO sessions (id, user_id, open_time, request_time, idle_timeout_ms, deadline, close_time, close_reason, revision)
      VALUES ('closed', 'u', 5, 8, 1000, 1008, 8, 'closed', 2);`);
  db.close();
  await withStore(config, async (store) => {
    const found = await store.find('open');
    const { request_time, active_until, auth_time, auth_methods, token, data } = found ?? sessionOf('none');
    assert.deepEqual(
      [request_time, active_until, auth_time, auth_methods, token, data],
      [7, 7, 5, [], null, '{"a":1}'],
    );
    assert.equal(await store.count({ active: true }, 1006), 1);
    assert.equal(await store.count({ close_reason: 'idle' }, 1007), 1);
    assert.equal((await store.find('closed'))?.close_reason, 'closed');
    const { sessions } = await store.scan({ user_id: 'u' }, null, 10, 1006);
    assert.deepEqual(
      sessions.map(({ id }) => id),
      ['closed', 'open'],
    );
    for (const filter of [{ address: '10.0.0.0/8' }, { user_name: 'ZO' }, { client: 'app' }]) {
      assert.equal(await store.count(filter, 1006), 1, `found by ${JSON.stringify(filter)}`);
    }
    assert.equal(await store.purge(9, 10), 1);
  });
});

test('sqlite: a database of a newer version is rejected and not changed', async () => {
  const config = newConfig();
  await withStore(config, async () => {});
  const db = new DatabaseSync(config.path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  const before = readFileSync(config.path);
  const store = new SqliteStore(config);
  await assert.rejects(store.open(), { code: 'STORE_UNUSABLE', message: /schema version 99.*newer version/ });
  assert.deepEqual(readFileSync(config.path), before);
});

test('sqlite: the database of another application or a text file is rejected by path', async () => {
  const other = newConfig();
  await withStore(other, async () => {});
  const db = new DatabaseSync(other.path);
  db.exec('PRAGMA application_id = 1');
  db.close();
  await assert.rejects(new SqliteStore(other).open(), { code: 'STORE_UNUSABLE', message: /another application/ });

  const text = { ...other, path: join(folder, 'text') };
  writeFileSync(text.path, 'not a database, but long enough to have a header of one, which SQLite reads first of all');
  await assert.rejects(new SqliteStore(text).open(), { code: 'STORE_UNUSABLE', message: /text.*not a database/ });

  const inFile = { ...other, path: join(text.path, 'sessions.db') };
  await assert.rejects(new SqliteStore(inFile).open(), { code: 'STORE_UNUSABLE', message: /cannot be written/ });
});

test('sqlite: a URL without a file is quoted in the error', () => {
  for (const url of ['sqlite:', 'sqlite::memory:', 'sqlite:a?b']) {
    assert.throws(() => sqliteStoreConfig(url), { code: 'INVALID_CONFIG' });
  }
});

/** The plan of a statement: the indexes that it searches, whether it scans a whole table, and whether it sorts. */
function planOf(db: DatabaseSync, sql: string) {
  const details = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
  const indexes = details.flatMap((detail) => /INDEX (\w+)/.exec(detail)?.[1] ?? []);
  const readsAll = details.some((detail) => detail.startsWith('SCAN') && !detail.includes('INDEX'));
  // Sessions of one moment may be sorted by their ids.
  const sorts = details.some((detail) => detail.includes('TEMP B-TREE') && !detail.includes('LAST TERM'));
  return { indexes: [...new Set(indexes)], readsAll, sorts };
}

test('[U-14] sqlite: every list and sweep uses an index', async () => {
  const config = newConfig();
  await withStore(config, async () => {
    const db = new DatabaseSync(config.path);
    const page = 'ORDER BY request_time DESC, id LIMIT 10';
    const opened = 'ORDER BY open_time DESC, id LIMIT 10';
    const ofUser = (state: string) => `SELECT open_time, id, data FROM sessions WHERE user_id = 'a' AND ${state}`;
    const inOrder: readonly (readonly [sql: string, index: string])[] = [
      [`SELECT id FROM sessions ${page}`, 'sessions_by_time'],
      [`SELECT id FROM sessions ${opened}`, 'sessions_by_open_time'],
      [`${ofUser(IS_OPEN)} AND open_time <= 5 ${opened}`, 'sessions_of_user'],
      [`${ofUser(IS_OPEN)} UNION ALL ${ofUser(HAS_ENDED)} ${opened}`, 'sessions_of_user'],
      ['SELECT data FROM sessions WHERE close_time < 5 ORDER BY close_time LIMIT 5', 'sessions_closed'],
      [
        'SELECT data FROM sessions WHERE close_time IS NULL AND deadline <= 1 ORDER BY deadline LIMIT 5',
        'sessions_due',
      ],
    ];
    for (const [sql, index] of inOrder) {
      assert.deepEqual(planOf(db, sql), { indexes: [index], readsAll: false, sorts: false }, sql);
    }
    // The sessions of one user are sorted by latest activity: an index in that order would change with every touch.
    const ofUserByTime = planOf(db, `SELECT id FROM sessions WHERE user_id = 'a' ${page}`);
    assert.deepEqual(ofUserByTime, { indexes: ['sessions_of_user'], readsAll: false, sorts: true });
    db.close();
  });
});
