import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import { newlyStored } from '../../packages/service/src/stores/postgres/data/rows.ts';
import type { WorkingSet } from '../../packages/service/src/stores/postgres/data/working-set.ts';
import { writeStatement } from '../../packages/service/src/stores/postgres/data/write-statement.ts';
import { INSERT_SESSION, keysOf, toRow } from '../../packages/service/src/stores/sqlite/rows.ts';
import { SearchParts } from '../../packages/service/src/stores/sqlite/write/search-parts.ts';
import { sessionOf } from './sessions.ts';

const ROWS_TOGETHER = 100_000;
const STATEMENT_ROWS = 2_000;
const INSERTS_AT_ONCE = 512;

/** Creates `count` sessions in an empty store. */
export async function fill(url: string, count: number): Promise<void> {
  const store = await createStore(url);
  await store.open();
  const isEmpty = (await store.count({}, 0)) === 0;
  if (isEmpty && url.startsWith('redis:')) await insertAll(store, count);
  await store.close();
  if (!isEmpty) return;
  if (url.startsWith('sqlite:')) fillSqlite(url.slice('sqlite:'.length), count);
  if (url.startsWith('postgres:')) await fillPostgres(url, count);
}

/** The indexes are created at the end, which is several times as fast. */
function fillSqlite(path: string, count: number): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000; PRAGMA threads = 2; BEGIN');
  // Before its indexes are gone, which it does not need for sessions in order.
  const parts = new SearchParts(db);
  const indexes = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all();
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  const insert = db.prepare(INSERT_SESSION);
  const now = Date.now();
  for (let n = 0; n < count; n += 1) {
    const session = sessionOf(n, count, now);
    const row = toRow(session);
    insert.run(...row, ...keysOf(row), parts.partOf(session.open_time));
    if (n % ROWS_TOGETHER === 0) db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN');
  }
  db.exec('COMMIT');
  for (const { sql } of indexes) db.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.exec(`UPDATE hours SET count = (SELECT count(*) FROM sessions WHERE close_time IS NULL) WHERE hour = -1;
    PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
  // Else the system writes the pages back during the measurement, and commits wait for it.
  execFileSync('sync');
}

async function fillPostgres(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SET search_path = pip_sessions; SET synchronous_commit = off');
  const now = Date.now();
  for (let n = 0; n < count; n += STATEMENT_ROWS) {
    const some = Array.from({ length: Math.min(STATEMENT_ROWS, count - n) }, (_, of) => sessionOf(n + of, count, now));
    const states = { inserted: some.map(newlyStored), updated: [], removed: [] };
    const set = { finalStates: () => states, hours: { all: () => [] } } as unknown as WorkingSet;
    const statement = writeStatement(set, { channel: '', payloads: [] });
    if (statement) await client.query({ ...statement, values: [...(statement.values ?? [])] });
  }
  await client.query('VACUUM ANALYZE sessions');
  await client.query('CHECKPOINT');
  await client.end();
}

async function insertAll(store: Awaited<ReturnType<typeof createStore>>, count: number): Promise<void> {
  const now = Date.now();
  let n = 0;
  const insertNext = async () => {
    for (let own = n++; own < count; own = n++) await store.insert(sessionOf(own, count, now), null, now);
  };
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, insertNext));
}
