import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { PostgresServer } from '../../../../../testing/servers/postgres-server.ts';
import { copied, useAll } from '../../../../../testing/stores/least-rights.ts';
import { missingPostgres } from '../../../../../testing/stores/missing.ts';
import type { SessionStore } from '../../domain/store.ts';
import { CONFORMANCE_CASES, NODES_CONFORMANCE_CASES } from '../conformance/conformance.ts';
import { createStore } from '../create-store.ts';

const [SET_UP = '', GRANTS = ''] = copied('sql');
const FORBIDDEN = { message: /42501/ };

async function openAt(url: string, retention_ms: number | null = null): Promise<SessionStore> {
  const store = await createStore(url, { retention_ms });
  await store.open();
  return store;
}

describe('least rights in PostgreSQL', { skip: missingPostgres() ?? false }, () => {
  let server: PostgresServer;
  let admin: pg.Client;
  const urlOf = (role: string, database = 'sessions') =>
    server.url.replace('//postgres@', `//${role}@`).replace(/\/postgres$/, `/${database}`);
  const run = (text: string) => admin.query(text);
  const connectTo = async (database: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres', database) });
    await client.connect();
    return client;
  };

  before(async () => {
    server = await PostgresServer.start({ settings: { fsync: 'off' } });
    const first = await connectTo('postgres');
    await first.query('CREATE DATABASE sessions');
    await first.end();
    admin = await connectTo('sessions');
    await run(SET_UP);
    await (await openAt(urlOf('sessions_owner'))).close();
    await run(GRANTS);
  });
  after(async () => {
    await admin.end();
    await server.remove();
  });

  test('postgres: the serving role cannot start before the owner has created the schema', async () => {
    await run('CREATE DATABASE empty');
    const other = await connectTo('empty');
    await other.query('CREATE SCHEMA pip_sessions AUTHORIZATION sessions_owner');
    await other.query('GRANT USAGE ON SCHEMA pip_sessions TO sessions_service');
    const serving = urlOf('sessions_service', 'empty');
    await assert.rejects(openAt(serving), { code: 'STORE_UNUSABLE', message: /42501/ });
    await (await openAt(urlOf('sessions_owner', 'empty'))).close();
    await other.query(GRANTS);
    await other.end();
    await (await openAt(serving)).close();
  });

  test('postgres: the serving role passes the conformance suite', async (t) => {
    const stores = [await openAt(urlOf('sessions_service')), await openAt(urlOf('sessions_service'))] as const;
    t.after(() => Promise.all(stores.map((store) => store.close())));
    const [here, there] = stores;
    for (const { name, run: keepsIt } of [...CONFORMANCE_CASES, ...NODES_CONFORMANCE_CASES]) {
      await run('TRUNCATE pip_sessions.sessions, pip_sessions.hours, pip_sessions.leases');
      await t.test(name, () => keepsIt(here, there));
    }
  });

  test('[M-08] postgres: the service needs every documented right', async () => {
    const grants = [...GRANTS.matchAll(/GRANT (.+) ON (SCHEMA )?(.+) TO (\w+);/g)];
    const rights = grants.flatMap(([, names = '', schema = '', objects = '', role]) =>
      names
        .split(', ')
        .flatMap((right) => objects.split(', ').map((object) => ({ right, object: `${schema}${object}`, role }))),
    );
    assert.equal(rights.length, 14);
    for (const { right, object, role } of rights) {
      await run(`REVOKE ${right} ON ${object} FROM ${role}`);
      const use = useAll((retention_ms) => openAt(urlOf('sessions_service'), retention_ms));
      await assert.rejects(use, FORBIDDEN, `${right} ${object}`);
      await run(`GRANT ${right} ON ${object} TO ${role}`);
    }
    await useAll((retention_ms) => openAt(urlOf('sessions_service'), retention_ms));
  });

  test('postgres: a start names the role that has to migrate, or the missing grant', async () => {
    await run('UPDATE pip_sessions.schema_version SET version = 1; ALTER TABLE pip_sessions.feed_key RENAME TO kept');
    const message = /has schema version 1, and this service needs \d+: start the service once as the role that owns/;
    await assert.rejects(openAt(urlOf('sessions_service')), { code: 'STORE_UNUSABLE', message });
    await (await openAt(urlOf('sessions_owner'))).close();
    const lacking = { code: 'STORE_UNUSABLE', message: /permission denied for table feed_key/ };
    await assert.rejects(openAt(urlOf('sessions_service')), lacking);
    await run(GRANTS);
    await (await openAt(urlOf('sessions_service'))).close();
  });
});
