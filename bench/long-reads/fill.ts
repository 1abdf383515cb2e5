import { execFileSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { newSessionId } from '../../packages/service/src/domain/ids.ts';
import { toJsonText } from '../../packages/service/src/domain/json.ts';
import { open, type Session } from '../../packages/service/src/domain/session.ts';
import { createStore } from '../../packages/service/src/stores/create-store.ts';
import { sqliteStoreConfig } from '../../packages/service/src/stores/sqlite/config.ts';
import { INSERT_SESSION, toRow } from '../../packages/service/src/stores/sqlite/rows.ts';
import { SqliteStore } from '../../packages/service/src/stores/sqlite/store.ts';

const HOUR_MS = 3_600_000;
const IDLE_TIMEOUT_MS = 30 * 24 * HOUR_MS;
const SESSIONS_OF_USER = 4;
const COMMIT_AFTER = 100_000;
const CLIENTS = 50;
const INSERTS_AT_ONCE = 256;

export function clientOf(n: number): string {
  return `Mozilla/5.0 (X11; Linux x86_64) ${n % CLIENTS}`;
}

/** If a sweep is measured, one in this number of sessions is past its deadline. */
const DUE_EACH = 100;

/** Creates a database with `count` sessions of about 600 bytes. Every tenth has ended; a user has four. */
export async function fill(path: string, count: number, hasDue: boolean): Promise<void> {
  const store = new SqliteStore(sqliteStoreConfig(`sqlite:${path}`));
  await store.open();
  await store.close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN');
  const insert = db.prepare(INSERT_SESSION);
  for (let n = 0; n < count; n += 1) {
    const session = sessionOf(n, Math.ceil(count / SESSIONS_OF_USER));
    const isDue = hasDue && n % DUE_EACH === 1;
    insert.run(...toRow(isDue ? { ...session, idle_timeout_ms: 1 } : session));
    if (n % COMMIT_AFTER === 0) db.exec('COMMIT; BEGIN');
  }
  db.exec(`UPDATE hours SET count = (SELECT count(*) FROM sessions WHERE close_time IS NULL) WHERE hour = -1;
    COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
  db.close();
  // Else the system writes the pages back during the measurement, and commits wait for it.
  execFileSync('sync');
}

/** Opens the same sessions in any kind of store. */
export async function fillStore(url: string, count: number): Promise<void> {
  const store = await createStore(url);
  await store.open?.();
  let n = 0;
  const insertNext = async () => {
    for (let own = n++; own < count; own = n++) {
      await store.insert(sessionOf(own, Math.ceil(count / SESSIONS_OF_USER)), null, Date.now());
    }
  };
  await Promise.all(Array.from({ length: INSERTS_AT_ONCE }, insertNext));
  await store.close?.();
}

function sessionOf(n: number, users: number): Session {
  const user_id = `user ${n % users}`;
  const time = Date.now() - HOUR_MS - (n % HOUR_MS);
  const data = toJsonText({ a: 'x'.repeat(200) });
  const names = { user_id, user_name: null, address: '10.0.0.1', client: clientOf(n), user: null, data };
  const fields = { ...names, idle_timeout_ms: IDLE_TIMEOUT_MS, expire_time: null };
  const session = open(newSessionId(user_id), fields, time);
  return n % 10 === 0 ? { ...session, close_time: time + 1_000, close_reason: 'closed', data: null } : session;
}
