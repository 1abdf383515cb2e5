import type { Connection } from './connection.ts';
import { BEGIN, inTransaction, ROLLBACK } from './transaction.ts';

const PROVE = {
  name: 'prove',
  text: `INSERT INTO leases (name, holder, until) VALUES ('proof', '', 0)
  ON CONFLICT (name) DO UPDATE SET until = excluded.until`,
};

/** Inserts rows that need several new pages, as new sessions do. The caller rolls back. */
const PROVE_ROOM = {
  text: `INSERT INTO sessions (id, user_key, user_id, user_name, open_time, request_time, listed_time, active_until,
    idle_timeout_ms, deadline, due, revision, auth_time)
  SELECT 'proof ' || gen_random_uuid() || n, 0, '', repeat('.', 1500), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 16) AS n`,
};

/**
 * Commits a write that no reader sees. Rejects with the reason why no write is possible, or why there is almost no
 * space for more.
 */
export async function proveWrite(connection: Connection, needs_room: boolean): Promise<void> {
  if (needs_room) {
    await inTransaction(connection, async () => {
      await Promise.all([BEGIN, PROVE_ROOM].map((statement) => connection.query(statement)));
      await connection.query(ROLLBACK);
    });
  }
  await connection.query(PROVE);
}
