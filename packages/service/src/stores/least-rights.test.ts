import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { SessionStore } from '../domain/store.ts';
import { CONFORMANCE_CASES, NODES_CONFORMANCE_CASES } from './conformance.ts';
import { createStore } from './create-store.ts';
import { addedFor, copied, useAll } from './fixtures/least-rights.ts';
import { PostgresServer } from './fixtures/postgres-server.ts';
import { RedisCluster } from './fixtures/redis-cluster.ts';
import { type Connections, connectTo } from './fixtures/redis-commands.ts';
import { RedisServer } from './fixtures/redis-server.ts';
import { missingPostgres, missingRedis } from './fixtures/stores.ts';

const [SET_UP = '', GRANTS = ''] = copied('sql');
const [ACL_LINE = ''] = copied('');
/** Commands without which the service works, and says so on the page. */
const OPTIONAL = ['+ping', '+info'];

async function openAt(url: string, retention_ms: number | null = null): Promise<SessionStore> {
  const store = await createStore(url, { retention_ms });
  await store.open();
  return store;
}

describe('least rights in PostgreSQL', { skip: missingPostgres() ?? false }, () => {
  let server: PostgresServer;
  let admin: pg.Client;
  const urlOf = (role: string) => server.url.replace('//postgres@', `//${role}@`).replace(/\/postgres$/, '/sessions');
  const run = (text: string) => admin.query(text);

  before(async () => {
    server = await PostgresServer.start({ settings: { fsync: 'off' } });
    const first = new pg.Client({ connectionString: server.url });
    await first.connect();
    await first.query('CREATE DATABASE sessions');
    await first.end();
    admin = new pg.Client({ connectionString: urlOf('postgres') });
    await admin.connect();
    await run(SET_UP);
  });
  after(async () => {
    await admin.end();
    await server.remove();
  });

  test('postgres: the serving role does not start before the owner has made the schema', async () => {
    await run('GRANT USAGE ON SCHEMA pip_sessions TO sessions_service');
    await assert.rejects(openAt(urlOf('sessions_service')), { code: 'STORE_UNUSABLE', message: /42501/ });
    await (await openAt(urlOf('sessions_owner'))).close();
    await run(GRANTS);
    await (await openAt(urlOf('sessions_service'))).close();
  });

  test('postgres: the serving role does all that the contract of stores asks for', async (t) => {
    const stores = [await openAt(urlOf('sessions_service')), await openAt(urlOf('sessions_service'))] as const;
    t.after(() => Promise.all(stores.map((store) => store.close())));
    const [here, there] = stores;
    for (const { name, run: keepsIt } of [...CONFORMANCE_CASES, ...NODES_CONFORMANCE_CASES]) {
      await run('TRUNCATE pip_sessions.sessions, pip_sessions.hours, pip_sessions.leases');
      await t.test(name, () => keepsIt(here, there));
    }
  });

  test('postgres: with one right less the serving role cannot do all', async () => {
    const grants = [...GRANTS.matchAll(/GRANT (.+) ON (SCHEMA )?(.+) TO (\w+);/g)];
    const rights = grants.flatMap(([, names = '', schema = '', objects = '', role]) =>
      names
        .split(', ')
        .flatMap((right) => objects.split(', ').map((object) => ({ right, object: `${schema}${object}`, role }))),
    );
    assert.equal(rights.length, 14);
    for (const { right, object, role } of rights) {
      await run(`REVOKE ${right} ON ${object} FROM ${role}`);
      await assert.rejects(
        useAll((retention_ms) => openAt(urlOf('sessions_service'), retention_ms)),
        `${right} ${object}`,
      );
      await run(`GRANT ${right} ON ${object} TO ${role}`);
    }
    await useAll((retention_ms) => openAt(urlOf('sessions_service'), retention_ms));
  });

  test('postgres: a serving role says who has to migrate, and which grant it lacks', async () => {
    await run('UPDATE pip_sessions.schema_version SET version = 1; ALTER TABLE pip_sessions.feed_key RENAME TO kept');
    const message = /has schema version 1, and this service needs \d+: start it once as the role that owns/;
    await assert.rejects(openAt(urlOf('sessions_service')), { code: 'STORE_UNUSABLE', message });
    await (await openAt(urlOf('sessions_owner'))).close();
    const lacking = { code: 'STORE_UNUSABLE', message: /permission denied for table feed_key/ };
    await assert.rejects(openAt(urlOf('sessions_service')), lacking);
    await run(GRANTS);
    await (await openAt(urlOf('sessions_service'))).close();
  });
});

describe('least rights in Redis', { skip: missingRedis() ?? false }, () => {
  const [, name = '', ...words] = ACL_LINE.trim().split(' ');
  const urlOf = (url: string, user: string, prefix = 'ps') => {
    const parameters = `prefix=${prefix}&open_timeout_ms=1000`;
    return `${url.replace('//', `//${user}:change-me@`)}${url.includes('?') ? '&' : '?'}${parameters}`;
  };
  /** A user like that of the page, with keys of another prefix. */
  const setUser = async ({ commands }: Connections, user: string, prefix: string, rules: readonly string[]) => {
    const own = rules.map((rule) => rule.replace(/^([~&])ps:/, `$1${prefix}:`));
    await Promise.all(commands.map((command) => command('ACL', 'SETUSER', user, 'reset', ...own)));
  };

  describe('one server', () => {
    let server: RedisServer;
    let admin: Connections;
    before(async () => {
      server = await RedisServer.start({ settings: { user: `${name} ${words.join(' ')}` } });
      admin = await connectTo([server]);
    });
    after(async () => {
      admin.close();
      await server.remove();
    });

    /** All that a store does, as a user who lacks one word of the page's line. */
    const useWithout = async (word: string) => {
      const user = `without${word.replaceAll(/\W/g, '_')}`;
      const less = words.filter((one) => one !== word);
      assert.equal(less.length, words.length - 1);
      await setUser(admin, user, user, less);
      await useAll((retention_ms) => openAt(urlOf(server.url, user, user), retention_ms));
    };

    test('redis: with one right less the user cannot do all', async () => {
      // While the server has not seen the scripts.
      await assert.rejects(useWithout('+eval'), '+eval');
      const others = words.filter((word) => /^[+~&]/.test(word) && word !== '+eval' && !OPTIONAL.includes(word));
      assert.equal(others.length, 26);
      await Promise.all(others.map((word) => assert.rejects(useWithout(word), word)));
      for (const word of OPTIONAL) await useWithout(word);
    });

    test('redis: the user does all that the contract of stores asks for', async (t) => {
      for (const { name: claim, run } of [...CONFORMANCE_CASES, ...NODES_CONFORMANCE_CASES]) {
        await admin.commands[0]?.('FLUSHALL');
        const stores = [await openAt(urlOf(server.url, name)), await openAt(urlOf(server.url, name))] as const;
        await t.test(claim, () => run(...stores));
        await Promise.all(stores.map((store) => store.close()));
      }
    });

    test('redis: a write that waits for replicas needs WAIT', { timeout: 60_000 }, async () => {
      const url = `${urlOf(server.url, 'waits', 'waits')}&replicas=1`;
      await setUser(admin, 'waits', 'waits', words);
      const use = () => useAll((retention_ms) => openAt(url, retention_ms));
      const replica = await RedisServer.start({ settings: { replicaof: `127.0.0.1 ${server.port}` } });
      try {
        while (!/state=online/.test(String(await admin.commands[0]?.('INFO', 'replication'))));
        await assert.rejects(use);
        await setUser(admin, 'waits', 'waits', [...words, '+wait']);
        await use();
      } finally {
        await replica.remove();
      }
    });

    test('redis: another database needs SELECT', async () => {
      const url = urlOf(`${server.url}/1`, 'selects', 'selects');
      const use = () => useAll((retention_ms) => openAt(url, retention_ms));
      await setUser(admin, 'selects', 'selects', words);
      await assert.rejects(use);
      await setUser(admin, 'selects', 'selects', [...words, '+select']);
      await use();
    });
  });

  test("redis cluster: the user with a cluster's rights does all, and not with one less", async () => {
    const cluster = await RedisCluster.start();
    const admin = await connectTo(cluster.nodes);
    try {
      const added = addedFor('`cluster=true`');
      assert.deepEqual(added, ['+cluster|slots', '+cluster|keyslot', '+asking']);
      const use = (user: string) => useAll((retention_ms) => openAt(urlOf(cluster.url, user, user), retention_ms));
      await setUser(admin, 'all', 'all', [...words, ...added]);
      await use('all');
      for (const [n, word] of ['+cluster|slots', '+cluster|keyslot'].entries()) {
        await setUser(admin, `less${n}`, `less${n}`, [...words, ...added.filter((one) => one !== word)]);
        await assert.rejects(use(`less${n}`), word);
      }
    } finally {
      admin.close();
      await cluster.stop();
    }
  });
});
