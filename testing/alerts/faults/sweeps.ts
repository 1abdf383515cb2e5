import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { HOUR_MS, session } from '../../../packages/service/src/stores/conformance/fixtures.ts';
import { createStore } from '../../../packages/service/src/stores/create-store.ts';
import type { Fault } from '../fault.ts';

const SHORT_SWEEPS = { SESSIONS_SWEEP_INTERVAL: '1', SESSIONS_RETENTION: '1' };
const ROLE = 'sessions_service';

const NO_RIGHT: Fault = {
  name: 'a node starts without the right to delete in PostgreSQL',
  causes: ['SessionsSweepLate'],
  // The restart at the beginning, and one failed sweep a second.
  mayCause: ['SessionsDown', 'SessionsStoreFailing'],
  prepare: async (installation) => {
    const { url, port } = await installation.postgres();
    const owner = await createStore(url, { retention_ms: null });
    await owner.open();
    await owner.close();
    const administrator = new pg.Client({ connectionString: url });
    await administrator.connect();
    installation.defer(() => administrator.end());
    await administrator.query(`CREATE ROLE ${ROLE} LOGIN; GRANT USAGE ON SCHEMA pip_sessions TO ${ROLE};
      GRANT ALL ON ALL TABLES IN SCHEMA pip_sessions TO ${ROLE}`);
    const node = await installation.node(`postgres://${ROLE}@127.0.0.1:${port}/postgres`, SHORT_SWEEPS);
    const right = (change: string) => administrator.query(`${change} ${ROLE}`).then(() => {});
    return {
      begin: async () => {
        await right('REVOKE DELETE ON ALL TABLES IN SCHEMA pip_sessions FROM');
        await node.restart();
      },
      end: () => right('GRANT DELETE ON ALL TABLES IN SCHEMA pip_sessions TO'),
    };
  },
};

/** A sweep closes 100,000, and the next one follows ten seconds later. The alert needs 30 seconds of such sweeps. */
const ENDED = 500_000;
const ENDS_IN_MS = 25_000;

const MANY_ENDED: Fault = {
  name: `${ENDED} sessions end at the same time`,
  causes: ['SessionsSweepBehind'],
  prepare: async (installation) => {
    const url = installation.sqlite();
    await fill(url, Date.now() + ENDS_IN_MS);
    await installation.node(url, { SESSIONS_SWEEP_INTERVAL: '20' });
    return { begin: () => {}, end: () => {} };
  },
};

/** Writes one session through the store, and copies its row. */
async function fill(url: string, expire_time: number): Promise<void> {
  const store = await createStore(url, { retention_ms: null });
  await store.open();
  const now = Date.now();
  const one = session('0'.repeat(36), { open_time: now, request_time: now, expire_time, idle_timeout_ms: HOUR_MS });
  await store.insert(one, null, now);
  await store.close();
  const db = new DatabaseSync(url.replace('sqlite:', ''));
  const names = db.prepare(`SELECT name FROM pragma_table_info('sessions') WHERE name NOT IN ('rowid', 'id')`).all();
  const columns = names.map(({ name }) => `"${name}"`).join(', ');
  db.exec(`INSERT INTO sessions (id, ${columns})
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ENDED})
    SELECT printf('%036x', n), ${columns} FROM numbers, sessions;
    UPDATE hours SET count = count + ${ENDED} WHERE hour = -1`);
  db.close();
}

export const SWEEP_FAULTS: readonly Fault[] = [NO_RIGHT, MANY_ENDED];
