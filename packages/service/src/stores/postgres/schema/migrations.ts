import { TIME_PART } from '../../sql/search-columns.ts';
import type { Connection } from '../connection/connection.ts';
import { fillSearchKeys } from './search-keys.ts';

/** A part of a migration: statements, or a change that needs the rules of the domain. */
export type MigrationStep = string | ((connection: Connection) => Promise<void>);

/**
 * Each migration takes the schema from its index to the next version; `schema_version` holds the version reached. Never
 * edit a released migration: add a new one at the end.
 *
 * - `deadline` is `deadline()` of the domain, stored so that liveness is one comparison in every statement.
 * - `due` and `listed_time` stand for `deadline` and `request_time` in indexes, and lag behind them (`rows.ts`). So an
 *   update for activity changes no indexed column, and the free space of a page lets the row stay in its page.
 * - `user_key` stands for `user_id` in indexes (`userKey`).
 * - The sweep uses an index of open sessions only, and the purge an index of ended sessions only. Ended sessions are
 *   stored for a long time, so the limit of a user's sessions has an index without them. The first also has `open_time`:
 *   a list by deadlines looks for its next session there (`data/scans.ts`).
 * - `slot` lets transactions count in the same hour without waiting for each other: each uses its own row.
 * - The columns that end in `_key` are for searches (`sql/search-columns.ts`).
 * - The index of ends finds the few sessions that an administrator has ended, among millions.
 * - `feed_key` encrypts notifications. The server generates it from 366 random bits, so that it appears in no statement
 *   and in no log of the server.
 */
export const MIGRATIONS: readonly ((partitions: number) => readonly MigrationStep[])[] = [
  (partitions) => [
    `CREATE TABLE sessions (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    user_key bigint NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    open_time bigint NOT NULL,
    request_time bigint NOT NULL,
    listed_time bigint NOT NULL,
    active_until bigint NOT NULL,
    idle_timeout_ms bigint NOT NULL,
    expire_time bigint,
    deadline bigint NOT NULL,
    due bigint NOT NULL,
    close_time bigint,
    revision bigint NOT NULL,
    auth_time bigint NOT NULL,
    auth_level bigint,
    close_reason text,
    auth_methods text,
    user_name text,
    address text,
    client text,
    token text,
    "user" text,
    data text
  ) ${partitions === 1 ? WITH_ROOM : 'PARTITION BY RANGE (id)'};
  ${partitionsOf(partitions)}
  CREATE INDEX sessions_of_user ON sessions (user_key, open_time DESC, id);
  CREATE INDEX sessions_open_of_user ON sessions (user_key, open_time DESC, id) WHERE close_time IS NULL;
  CREATE INDEX sessions_by_open_time ON sessions (open_time DESC, id);
  CREATE INDEX sessions_by_time ON sessions (listed_time DESC);
  CREATE INDEX sessions_due ON sessions (due) WHERE close_time IS NULL;
  CREATE INDEX sessions_closed ON sessions (close_time) WHERE close_time IS NOT NULL;
  CREATE TABLE hours (
    hour bigint NOT NULL,
    what text COLLATE "C" NOT NULL,
    slot integer NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (hour, what, slot)
  ) WITH (fillfactor = 50);
  CREATE TABLE leases (
    name text PRIMARY KEY,
    holder text NOT NULL,
    until bigint NOT NULL
  );`,
  ],
  () => [
    `CREATE TABLE feed_key (key bytea NOT NULL);
  INSERT INTO feed_key SELECT sha256(string_agg(uuid_send(gen_random_uuid()), '')) FROM generate_series(1, 3);`,
  ],
  () => [
    `ALTER TABLE sessions ADD COLUMN IF NOT EXISTS closed_by text,
    ADD COLUMN IF NOT EXISTS actor_type text, ADD COLUMN IF NOT EXISTS actor_id text COLLATE "C",
    ADD COLUMN IF NOT EXISTS actor_reason text, ADD COLUMN IF NOT EXISTS user_name_key text COLLATE "C",
    ADD COLUMN IF NOT EXISTS address_key text COLLATE "C", ADD COLUMN IF NOT EXISTS client_key bigint;`,
    fillSearchKeys,
    `CREATE INDEX IF NOT EXISTS sessions_of_actor ON sessions (actor_id, open_time DESC, id) WHERE actor_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sessions_of_name ON sessions (${TIME_PART}, user_name_key) WHERE user_name_key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sessions_of_address ON sessions (${TIME_PART}, address_key) WHERE address_key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS sessions_of_client ON sessions (${TIME_PART}, client_key) WHERE client_key IS NOT NULL;`,
  ],
  () => [
    `DROP INDEX IF EXISTS sessions_due;
  CREATE INDEX sessions_due ON sessions (due) INCLUDE (open_time) WHERE close_time IS NULL;
  CREATE INDEX IF NOT EXISTS sessions_of_end ON sessions (close_reason, closed_by) WHERE close_time IS NOT NULL;`,
  ],
];

const WITH_ROOM = 'WITH (fillfactor = 85)';

/**
 * Partitions by the first hex digit of the ids, over which users are spread evenly. Ids that begin otherwise fit too.
 */
function partitionsOf(partitions: number): string {
  if (partitions === 1) return '';
  const bound = (n: number) => (n === 0 ? 'MINVALUE' : n === partitions ? 'MAXVALUE' : `'${n.toString(16)}'`);
  return Array.from({ length: partitions }, (_, n) => {
    const range = `FROM (${bound(n)}) TO (${bound(n + 1)})`;
    return `CREATE TABLE sessions_${n.toString(16)} PARTITION OF sessions FOR VALUES ${range} ${WITH_ROOM};`;
  }).join('\n');
}
