import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { PgBouncer } from '../../../../../../testing/servers/pgbouncer.ts';
import { PostgresServer } from '../../../../../../testing/servers/postgres-server.ts';
import { SessionPooler } from '../../../../../../testing/servers/session-pooler.ts';
import { missingPostgres } from '../../../../../../testing/stores/missing.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { createStore } from '../../../stores/create-store.ts';
import type { Examination } from './examination.ts';
import type { FindingCode } from './finding-kinds.ts';
import { assertFound, examined } from './fixtures/examined.ts';
import { machine } from './fixtures/machine.ts';
import { rewriting } from './fixtures/rewriting-proxy.ts';
import { examineStore } from './store-examination.ts';

function examine(url: string, clock = systemClock()): Promise<Examination> {
  return examined((examination) => examineStore(examination, url, { clock, probes: machine() }));
}

async function query(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Creates the tables of the service. */
async function started(url: string): Promise<void> {
  const store = await createStore(url);
  await store.open();
  await store.close();
}

describe('postgres', { skip: missingPostgres() ?? false }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.remove());

  /** Examines a new database before and after a fault. */
  async function assertFinds(fault: (url: string) => Promise<void>, ...codes: readonly FindingCode[]): Promise<void> {
    const url = await server.newDatabase();
    await started(url);
    assertFound(await examine(url));
    await fault(url);
    assertFound(await examine(url), ...codes);
  }

  test('a healthy server with sessions has no finding but the superuser of the tests', async () => {
    const url = await server.newDatabase();
    await started(`${url}?partitions=16`);
    const found = await examine(`${url}?partitions=16`);
    assertFound(found, 'POSTGRES_SUPERUSER');
    assert.ok(found.made >= 10);
    assertFound(await examine(url), 'LAYOUT_DIFFERS');
  });

  test('a database without tables, and newer, older and foreign ones, are recognised', async () => {
    const url = await server.newDatabase();
    assertFound(await examine(url), 'SCHEMA_MISSING');
    await started(url);
    await query(url, 'UPDATE pip_sessions.schema_version SET version = 99');
    assertFound(await examine(url), 'SCHEMA_NEWER');
    await query(url, 'UPDATE pip_sessions.schema_version SET version = 2');
    assertFound(await examine(url), 'SCHEMA_OLDER');
    await query(url, 'CREATE SCHEMA other', 'CREATE TABLE other.sessions (a int)');
    assertFound(await examine(`${url}?schema=other`), 'SCHEMA_FOREIGN');
  });

  test('a clock that is off or wrong is found', async () => {
    const { now } = systemClock();
    const url = await server.newDatabase();
    assertFound(await examine(url, { now: () => now() + 5_000 }), 'CLOCK_OFF', 'SCHEMA_MISSING');
    assertFound(await examine(url, { now: () => now() - 60_000 }), 'CLOCK_WRONG', 'SCHEMA_MISSING');
  });

  test('read-only transactions, late commits and another encoding are found', async () => {
    const alter = (setting: string) => (url: string) =>
      query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${setting}`);
    await assertFinds(alter('default_transaction_read_only = on'), 'POSTGRES_READ_ONLY');
    await assertFinds(alter('synchronous_commit = off'), 'POSTGRES_SYNCHRONOUS_COMMIT_OFF');
    await query(server.url, "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
    assertFound(await examine(server.url.replace(/postgres$/, 'ascii')), 'POSTGRES_ENCODING', 'SCHEMA_MISSING');
  });

  test('missing and invalid indexes and tables without autovacuum are found', async () => {
    await assertFinds((url) => query(url, 'DROP INDEX pip_sessions.sessions_due'), 'POSTGRES_INDEX_MISSING');
    const invalid = `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'pip_sessions.sessions_due'::regclass`;
    await assertFinds((url) => query(url, invalid), 'POSTGRES_INDEX_INVALID');
    const alter = 'ALTER TABLE pip_sessions.sessions SET (autovacuum_enabled = off)';
    await assertFinds((url) => query(url, alter), 'POSTGRES_TABLE_AUTOVACUUM_OFF');
  });

  test('a table with more dead rows than live ones is found', async () => {
    await assertFinds(
      (url) =>
        query(
          url,
          `INSERT INTO pip_sessions.hours SELECT n, 'opened', 0, 1 FROM generate_series(1, 30000) AS n`,
          'DELETE FROM pip_sessions.hours WHERE hour > 100',
          'SELECT pg_stat_force_next_flush()',
        ),
      'POSTGRES_DEAD_ROWS',
    );
  });

  test('a server that is too old is found', async (t) => {
    const url = await server.newDatabase();
    await started(url);
    // The name of the setting, the length of its value, and the value.
    const older = await rewriting(server.port, (text) => text.replace(/(?<=server_version_num....)\d\d/s, '12'));
    t.after(older.stop);
    assertFound(await examine(url.replace(String(server.port), String(older.port))), 'POSTGRES_VERSION_OLD');
  });

  test('a standby in the place of a primary is found', async () => {
    const standby = await PostgresServer.start({ standbyOf: server });
    try {
      assertFound(await examine(standby.url), 'POSTGRES_STANDBY');
    } finally {
      await standby.remove();
    }
  });

  test('a pooler for transactions is found, one for sessions is not', async () => {
    const url = await server.newDatabase();
    await started(url);
    const pooler = await SessionPooler.start(server.port);
    try {
      assertFound(await examine(url.replace(String(server.port), String(pooler.port))));
    } finally {
      await pooler.stop();
    }
  });

  test('PgBouncer is a fault in transaction mode only', { skip: PgBouncer.missing() ?? false }, async () => {
    const url = await server.newDatabase();
    await started(url);
    for (const [mode, codes] of [
      ['session', []],
      ['transaction', ['POSTGRES_TRANSACTION_POOLER']],
    ] as const) {
      const bouncer = await PgBouncer.start(server.port, mode);
      try {
        assertFound(await examine(url.replace(String(server.port), String(bouncer.port))), ...codes);
      } finally {
        await bouncer.remove();
      }
    }
  });

  test('settings that lose data, no autovacuum and few connections are found', async () => {
    const settings = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', max_connections: '12' };
    const risky = await PostgresServer.start({ settings });
    try {
      await started(`${risky.url}?connections=4`);
      assertFound(
        await examine(risky.url),
        'POSTGRES_FSYNC_OFF',
        'POSTGRES_FULL_PAGE_WRITES_OFF',
        'POSTGRES_AUTOVACUUM_OFF',
        'POSTGRES_CONNECTIONS_NEAR_MAX',
      );
    } finally {
      await risky.remove();
    }
  });

  test('a remote address without TLS, or without a check of its name, is found', async () => {
    const codes = async (url: string) => (await examine(url)).findings.map(({ code }) => code);
    assert.deepEqual(await codes('postgres://203.0.113.1/x'), ['STORE_WITHOUT_TLS']);
    assert.deepEqual(await codes('postgres://203.0.113.1/x?sslmode=require'), ['STORE_TLS_UNVERIFIED']);
    assert.deepEqual(await codes('postgres://203.0.113.1/x?sslmode=verify-full'), []);
  });

  test('a server that is down, and rights that are missing, are no findings', async () => {
    const { findings, unchecked } = await examine('postgres://127.0.0.1:1/x');
    assert.deepEqual([findings, unchecked.length], [[], 1]);
    const url = await server.newDatabase();
    await started(url);
    await query(url, 'CREATE ROLE few LOGIN');
    const few = await examine(url.replace('postgres@', 'few@'));
    assert.deepEqual(few.findings, []);
    assert.match(few.unchecked.map(({ reason }) => reason).join(), /permission denied/);
  });
});
