import type { DatabaseSync } from 'node:sqlite';
import { SessionsError } from '../../domain/errors.ts';
import { addressKey, nameKey, textNumber } from '../../domain/lists/search-keys.ts';
import { TIME_PART } from '../sql/search-columns.ts';
import { prepare } from './connection.ts';
import { transactions } from './transaction.ts';

/** "PipS" in ASCII, in the file's header: identifies the databases of this service. */
const APPLICATION_ID = 0x50697053;

/**
 * Each migration takes the schema from its index to the next version; the file's `user_version` holds the version
 * reached. Never edit a released migration: add a new one at the end.
 *
 * - `deadline` is `deadline()` of the domain, stored so that liveness is one comparison in every statement.
 * - `user` and `data` come last: they may overflow to other pages, which a list does not read. `ADD COLUMN` adds a column
 *   behind them: reading such a column of 100 rows, each with 60 KB of `data`, took about 50 times as long. A new column
 *   that lists read therefore needs a new table, as in the second migration.
 * - The sweep uses an index of open sessions only, and the purge an index of ended sessions only. The first also has
 *   `open_time`: a list by deadlines looks for its next session there (`read/scanner.ts`).
 * - Ended sessions are stored for a long time. The index of a user's sessions has them apart from the open ones, which
 *   the limit counts. A second index for the open ones made an insert a third slower.
 * - Sessions of one user and moment are sorted by id when they are listed. Ids in the index made an insert a tenth slower.
 * - The number of open sessions is a row of the table `hours`, with hour -1: every change of that number writes a page
 *   of that table anyway.
 * - The columns that end in `_key` are for searches (`sql/search-columns.ts`), which read no session to find one.
 *   `search_part` is the part of time of the session (`write/search-parts.ts`).
 * - The index of ends finds the few sessions that an administrator has ended, among millions. Only closes and sweeps write
 *   it.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE sessions (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    user_name TEXT,
    address TEXT,
    client TEXT,
    open_time INTEGER NOT NULL,
    request_time INTEGER NOT NULL,
    idle_timeout_ms INTEGER NOT NULL,
    expire_time INTEGER,
    deadline INTEGER NOT NULL,
    close_time INTEGER,
    close_reason TEXT,
    revision INTEGER NOT NULL,
    user TEXT,
    data TEXT
  ) STRICT;
  CREATE INDEX sessions_of_user ON sessions (user_id, request_time DESC, id);
  CREATE INDEX sessions_by_time ON sessions (request_time DESC, id);
  CREATE INDEX sessions_due ON sessions (deadline) WHERE close_time IS NULL;`,

  `CREATE TABLE sessions_2 (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    user_name TEXT,
    address TEXT,
    client TEXT,
    open_time INTEGER NOT NULL,
    request_time INTEGER NOT NULL,
    active_until INTEGER NOT NULL,
    idle_timeout_ms INTEGER NOT NULL,
    expire_time INTEGER,
    deadline INTEGER NOT NULL,
    close_time INTEGER,
    close_reason TEXT,
    revision INTEGER NOT NULL,
    auth_time INTEGER NOT NULL,
    auth_methods TEXT,
    auth_level INTEGER,
    token TEXT,
    user TEXT,
    data TEXT
  ) STRICT;
  INSERT INTO sessions_2 (id, user_id, user_name, address, client, open_time, request_time, active_until,
      idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision, auth_time, user, data)
    SELECT id, user_id, user_name, address, client, open_time, request_time, request_time,
      idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision, open_time, user, data FROM sessions;
  DROP TABLE sessions;
  ALTER TABLE sessions_2 RENAME TO sessions;
  CREATE INDEX sessions_of_user ON sessions (user_id, open_time DESC, id);
  CREATE INDEX sessions_open_of_user ON sessions (user_id, open_time DESC, id) WHERE close_time IS NULL;
  CREATE INDEX sessions_by_open_time ON sessions (open_time DESC, id);
  CREATE INDEX sessions_by_time ON sessions (request_time DESC, id);
  CREATE INDEX sessions_due ON sessions (deadline) WHERE close_time IS NULL;
  CREATE INDEX sessions_closed ON sessions (close_time) WHERE close_time IS NOT NULL;
  CREATE TABLE hours (
    hour INTEGER NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, what)
  ) STRICT, WITHOUT ROWID;`,

  `DROP INDEX sessions_of_user;
  DROP INDEX sessions_open_of_user;
  CREATE INDEX sessions_of_user ON sessions (user_id, (close_time IS NULL), open_time DESC);`,

  `INSERT INTO hours SELECT -1, 'open', count(*) FROM sessions WHERE close_time IS NULL;`,

  `CREATE TABLE sessions_5 (
    rowid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    user_name TEXT,
    address TEXT,
    client TEXT,
    open_time INTEGER NOT NULL,
    request_time INTEGER NOT NULL,
    active_until INTEGER NOT NULL,
    idle_timeout_ms INTEGER NOT NULL,
    expire_time INTEGER,
    deadline INTEGER NOT NULL,
    close_time INTEGER,
    close_reason TEXT,
    revision INTEGER NOT NULL,
    auth_time INTEGER NOT NULL,
    auth_methods TEXT,
    auth_level INTEGER,
    closed_by TEXT,
    actor_type TEXT,
    actor_id TEXT,
    actor_reason TEXT,
    user_name_key TEXT,
    address_key TEXT,
    client_key INTEGER,
    search_part INTEGER,
    token TEXT,
    user TEXT,
    data TEXT
  ) STRICT;
  INSERT INTO sessions_5 (rowid, id, user_id, user_name, address, client, open_time, request_time, active_until,
      idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision, auth_time, auth_methods, auth_level,
      user_name_key, address_key, client_key, search_part, token, user, data)
    SELECT rowid, id, user_id, user_name, address, client, open_time, request_time, active_until,
      idle_timeout_ms, expire_time, deadline, close_time, close_reason, revision, auth_time, auth_methods, auth_level,
      name_key(user_name), address_key(address), text_number(client), ${TIME_PART} << 22, token, user, data FROM sessions;
  DROP TABLE sessions;
  ALTER TABLE sessions_5 RENAME TO sessions;
  CREATE INDEX sessions_of_user ON sessions (user_id, (close_time IS NULL), open_time DESC);
  CREATE INDEX sessions_by_open_time ON sessions (open_time DESC, id);
  CREATE INDEX sessions_by_time ON sessions (request_time DESC, id);
  CREATE INDEX sessions_due ON sessions (deadline) WHERE close_time IS NULL;
  CREATE INDEX sessions_closed ON sessions (close_time) WHERE close_time IS NOT NULL;
  CREATE INDEX sessions_of_actor ON sessions (actor_id, open_time DESC) WHERE actor_id IS NOT NULL;
  CREATE INDEX sessions_of_name ON sessions (search_part, user_name_key) WHERE user_name_key IS NOT NULL;
  CREATE INDEX sessions_of_address ON sessions (search_part, address_key) WHERE address_key IS NOT NULL;
  CREATE INDEX sessions_of_client ON sessions (search_part, client_key) WHERE client_key IS NOT NULL;`,

  `DROP INDEX IF EXISTS sessions_due;
  CREATE INDEX sessions_due ON sessions (deadline, open_time) WHERE close_time IS NULL;
  CREATE INDEX sessions_of_end ON sessions (close_reason, closed_by) WHERE close_time IS NOT NULL;`,
];

/** The `user_version` of a file that is up to date. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The kind of a file by its header. */
export interface SchemaState {
  /** 0 for an empty file. */
  readonly version: number;
  /** Another application has written the file. */
  readonly isForeign: boolean;
}

/** Reads what a file holds. */
export function schemaState(db: DatabaseSync): SchemaState {
  const isEmpty = readNumber(db, 'SELECT count(*) FROM sqlite_schema') === 0;
  return {
    version: readNumber(db, 'PRAGMA user_version'),
    isForeign: !isEmpty && readNumber(db, 'PRAGMA application_id') !== APPLICATION_ID,
  };
}

/** Why a file must not be changed, after its name; null if it may be migrated. */
export function unusableVersion({ version, isForeign }: SchemaState): string | null {
  if (isForeign) return 'is a database of another application; choose another file';
  if (version <= MIGRATIONS.length) return null;
  const known = `has schema version ${version}, but this service supports up to ${MIGRATIONS.length}`;
  return `${known}: a newer version wrote it; run that version, or restore a backup`;
}

/** Creates or migrates the schema in one transaction. Throws `STORE_UNUSABLE` for a file that it must not change. */
export function migrate(db: DatabaseSync): void {
  transactions(db)(() => {
    const state = schemaState(db);
    const problem = unusableVersion(state);
    if (problem !== null) throw new SessionsError('STORE_UNUSABLE', `${db.location()} ${problem}.`);
    const { version } = state;
    if (version < MIGRATIONS.length) defineFunctions(db);
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`);
  });
}

/** The functions that migrations use. */
function defineFunctions(db: DatabaseSync): void {
  const define = (name: string, key: (text: string) => string | number) =>
    db.function(name, (text) => (text === null ? null : key(String(text))));
  define('name_key', nameKey);
  define('address_key', addressKey);
  define('text_number', textNumber);
}

function readNumber(db: DatabaseSync, sql: string): number {
  return Number(prepare(db, sql).get()?.[0]);
}
