import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { PostgresServer } from '../../../../../../testing/servers/postgres-server.ts';
import { TcpProxy } from '../../../../../../testing/servers/proxy.ts';
import { SessionPooler } from '../../../../../../testing/servers/session-pooler.ts';
import { missingPostgres } from '../../../../../../testing/stores/missing.ts';
import { until } from '../../../../../../testing/until.ts';
import { SessionsError } from '../../../domain/errors.ts';
import { monotonicTime } from '../../../domain/time/clock.ts';
import { NearSessions } from '../../../near-sessions/near-sessions.ts';
import { type PostgresStoreConfig, postgresStoreConfig } from '../config.ts';
import { NOW, query, sessionOf } from '../fixtures/databases.ts';
import { PostgresStore } from '../store.ts';

async function rejects(call: Promise<unknown>, message: RegExp): Promise<boolean> {
  const error = await call.then(
    () => null,
    (error: unknown) => error,
  );
  return error instanceof SessionsError && message.test(error.message);
}

/** The limit for a recovery, from when new connections lead to a primary. */
const RECOVERED_WITHIN_MS = 5_000;
const NO_PRIMARY = { code: 'STORE_UNAVAILABLE', message: /is a standby/ };
const CLOSE = { type: 'close', reason: 'closed' } as const;
const BOUNDS = { sessions_max: 10, bytes_max: 100_000 };
const END_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pip-sessions'`;
const CAUGHT_UP = 'SELECT 1 FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()';
const FILL_DISK = `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$;
  CREATE TRIGGER fill BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION fill()`;

describe('roles of PostgreSQL servers', { skip: missingPostgres() ?? false, timeout: 60_000 }, () => {
  let first: PostgresServer;
  let second: PostgresServer;
  let proxy: TcpProxy;
  let store: PostgresStore;
  before(async () => {
    const settings = { fsync: 'off' };
    first = await PostgresServer.start({ settings });
    second = await PostgresServer.start({ settings, standbyOf: first });
    proxy = await TcpProxy.start(first.port);
    store = await open();
  });
  after(async () => {
    await store.close();
    await proxy.stop();
    await Promise.all([first.remove(), second.remove()]);
  });

  const open = async (port = proxy.port, changes: Partial<PostgresStoreConfig> = {}) => {
    const config = postgresStoreConfig(`postgres://postgres@127.0.0.1:${port}/postgres`);
    const opened = new PostgresStore({ ...config, ...changes });
    await opened.open();
    return opened;
  };
  const succeeds = (work: () => Promise<unknown>) =>
    until(
      () =>
        work().then(
          () => true,
          () => false,
        ),
      RECOVERED_WITHIN_MS,
    );
  /** Checks that the node reads, writes and receives all changes. */
  const isWell = async (id: string, node = store) => {
    await succeeds(() => node.ping());
    await succeeds(() => node.insert(sessionOf(id), null, NOW));
    const now = monotonicTime();
    await until(async () => node.watermark() > now, RECOVERED_WITHIN_MS);
  };

  /** Changes a setting of the second server, for existing connections too. */
  const setting = async (name: string, value: string) => {
    const client = new pg.Client({ connectionString: second.url });
    await client.connect();
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
    await client.query('SELECT pg_reload_conf()');
    await client.end();
  };
  const isCaughtUp = () => until(async () => (await query(first.url, CAUGHT_UP)).length === 1);

  test('postgres: a start at a standby waits for a primary, and its error names the role', async () => {
    proxy.targetPort = second.port;
    await assert.rejects(open(proxy.port, { start_timeout_ms: 300 }), NO_PRIMARY);
    const start = open();
    const accepted = proxy.accepted;
    await until(async () => proxy.accepted > accepted + 1);
    proxy.targetPort = first.port;
    await (await start).close();
  });

  test('postgres: a node never uses a standby for reads, writes or its feed', async () => {
    await store.insert(sessionOf('a'), null, NOW);
    await isCaughtUp();
    proxy.targetPort = second.port;
    await query(first.url, END_CONNECTIONS);
    await until(async () => !(await store.find('a').catch(() => null)));
    const stopped = store.watermark();
    const accepted = proxy.accepted;
    await until(async () => {
      await assert.rejects(store.find('a'), { code: 'STORE_UNAVAILABLE' });
      return proxy.accepted > accepted + 4;
    });
    for (const call of [store.find('a'), store.ping(), store.update('a', CLOSE, NOW)]) {
      await assert.rejects(call, NO_PRIMARY);
    }
    assert.equal(store.watermark(), stopped);
    proxy.targetPort = first.port;
    await isWell('b');
  });

  test('postgres: a pooler does not reuse a connection that a node ended at a standby', async () => {
    const pooler = await SessionPooler.start(first.port);
    const pooled = await open(pooler.port);
    try {
      pooler.targetPort = second.port;
      await query(first.url, END_CONNECTIONS);
      await until(() => rejects(pooled.ping(), NO_PRIMARY.message));
      pooler.targetPort = first.port;
      await isWell('pooled', pooled);
    } finally {
      await pooled.close();
      await pooler.stop();
    }
  });

  test('postgres: all connections of a node follow the first one to a new primary', async () => {
    const near = new NearSessions(store, BOUNDS);
    const isLive = async () => (await near.find('a', 60_000)).session?.close_time === null;
    assert.ok(await isLive());
    await isCaughtUp();
    proxy.targetPort = second.port;
    await second.promote();
    const there = await open(second.port);
    await there.update('a', CLOSE, NOW);
    await there.close();
    // The old primary does not know that it was replaced, and keeps all connections except that of the feed.
    await until(async () => (await query(first.url, `${END_CONNECTIONS} AND query LIKE '%pg_notify%'`)).length > 0);
    await until(async () => !(await isLive()), RECOVERED_WITHIN_MS);
    await isWell('c');
    await first.stop('immediate');
    assert.equal((await store.find('c'))?.id, 'c');
  });

  test('postgres: a read-only primary is not ready, and serves reads without a cache', async () => {
    await setting('default_transaction_read_only', 'on');
    await until(() => rejects(store.ping(), /cannot be written to: .*no writes/));
    await until(async () => {
      const watermark = store.watermark();
      const accepted = proxy.accepted;
      await until(async () => proxy.accepted > accepted + 2);
      assert.equal((await store.find('c'))?.id, 'c');
      return store.watermark() === watermark;
    });
    await setting('default_transaction_read_only', 'off');
    await isWell('d');
  });

  test('postgres: readiness names a full disk until larger writes succeed', async () => {
    await query(second.url, FILL_DISK);
    await assert.rejects(store.insert(sessionOf('e'), null, NOW), { message: /53100: its disk is full/ });
    await assert.rejects(store.ping(), { code: 'STORE_UNAVAILABLE', message: /cannot be written to: .*disk is full/ });
    // A small write that fits into an existing page proves nothing.
    assert.equal((await store.update('d', CLOSE, NOW)).outcome, 'updated');
    await assert.rejects(store.ping(), { code: 'STORE_UNAVAILABLE' });
    assert.equal((await store.find('d'))?.id, 'd');
    await query(second.url, 'DROP TRIGGER fill ON sessions');
    await isWell('f');
    assert.deepEqual(await query(second.url, "SELECT id FROM sessions WHERE id LIKE 'proof%'"), []);
  });
});
