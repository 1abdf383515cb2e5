import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RedisCluster } from '../../../../../testing/servers/redis-cluster.ts';
import { RedisServer } from '../../../../../testing/servers/redis-server.ts';
import { addedFor, copied, useAll } from '../../../../../testing/stores/least-rights.ts';
import { missingRedis } from '../../../../../testing/stores/missing.ts';
import { type Connections, connectTo } from '../../../../../testing/stores/redis-commands.ts';
import type { SessionStore } from '../../domain/store.ts';
import { CONFORMANCE_CASES, NODES_CONFORMANCE_CASES } from '../conformance/conformance.ts';
import { createStore } from '../create-store.ts';

const [ACL_LINE = ''] = copied('');
/** The service also works without this command, as docs/least-rights.md says. */
const OPTIONAL = ['+info'];
/** How long a start may take that is expected to fail. */
const FAILS_WITHIN_MS = 2_000;
const FORBIDDEN = { code: 'STORE_UNAVAILABLE', message: /NOPERM/ };

async function openAt(url: string, retention_ms: number | null = null): Promise<SessionStore> {
  const store = await createStore(url, { retention_ms });
  await store.open();
  return store;
}

describe('least rights in Redis', { skip: missingRedis() ?? false }, () => {
  const [, name = '', ...words] = ACL_LINE.trim().split(' ');
  const urlOf = (url: string, user: string, prefix = 'ps', open_timeout_ms = 10_000) => {
    const parameters = `prefix=${prefix}&open_timeout_ms=${open_timeout_ms}`;
    return `${url.replace('//', `//${user}:change-me@`)}${url.includes('?') ? '&' : '?'}${parameters}`;
  };
  /** Creates a user with the documented rules, for keys with another prefix. */
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

    /** Uses every operation of a store as a user that lacks one of the documented rights. */
    const useWithout = async (word: string) => {
      const user = `without${word.replaceAll(/\W/g, '_')}`;
      const less = words.filter((one) => one !== word);
      assert.equal(less.length, words.length - 1);
      await setUser(admin, user, user, less);
      const url = urlOf(server.url, user, user, OPTIONAL.includes(word) ? undefined : FAILS_WITHIN_MS);
      await useAll((retention_ms) => openAt(url, retention_ms));
    };

    test('[M-08] redis: the service needs every documented right', async () => {
      // The server has not loaded the scripts yet.
      await assert.rejects(useWithout('+eval'), FORBIDDEN, '+eval');
      const others = words.filter((word) => /^[+~&]/.test(word) && word !== '+eval' && !OPTIONAL.includes(word));
      assert.equal(others.length, 26);
      for (const word of others) await assert.rejects(useWithout(word), FORBIDDEN, word);
      for (const word of OPTIONAL) await useWithout(word);
    });

    test('redis: the documented user passes the conformance suite', async (t) => {
      for (const { name: claim, run } of [...CONFORMANCE_CASES, ...NODES_CONFORMANCE_CASES]) {
        await admin.commands[0]?.('FLUSHALL');
        const stores = [await openAt(urlOf(server.url, name)), await openAt(urlOf(server.url, name))] as const;
        await t.test(claim, () => run(...stores));
        await Promise.all(stores.map((store) => store.close()));
      }
    });

    test('redis: a write that waits for replicas needs the right to WAIT', { timeout: 60_000 }, async () => {
      const url = `${urlOf(server.url, 'waits', 'waits')}&replicas=1`;
      await setUser(admin, 'waits', 'waits', words);
      const use = () => useAll((retention_ms) => openAt(url, retention_ms));
      const replica = await RedisServer.start({ settings: { replicaof: `127.0.0.1 ${server.port}` } });
      try {
        while (!/state=online/.test(String(await admin.commands[0]?.('INFO', 'replication'))));
        await assert.rejects(use, { code: 'STORE_UNAVAILABLE', message: /replicas/ });
        await setUser(admin, 'waits', 'waits', [...words, '+wait']);
        await use();
      } finally {
        await replica.remove();
      }
    });

    test('redis: another database needs the right to SELECT', async () => {
      const use = (open_timeout_ms?: number) => {
        const url = urlOf(`${server.url}/1`, 'selects', 'selects', open_timeout_ms);
        return useAll((retention_ms) => openAt(url, retention_ms));
      };
      await setUser(admin, 'selects', 'selects', words);
      await assert.rejects(use(FAILS_WITHIN_MS), FORBIDDEN);
      await setUser(admin, 'selects', 'selects', [...words, '+select']);
      await use();
    });
  });

  test('redis cluster: the documented user can do everything, and needs each right', async () => {
    const cluster = await RedisCluster.start();
    const admin = await connectTo(cluster.nodes);
    try {
      const added = addedFor('`cluster=true`');
      assert.deepEqual(added, ['+cluster|slots', '+cluster|keyslot', '+asking']);
      const use = (user: string, open_timeout_ms?: number) =>
        useAll((retention_ms) => openAt(urlOf(cluster.url, user, user, open_timeout_ms), retention_ms));
      await setUser(admin, 'all', 'all', [...words, ...added]);
      await use('all');
      for (const [n, word] of ['+cluster|slots', '+cluster|keyslot'].entries()) {
        await setUser(admin, `less${n}`, `less${n}`, [...words, ...added.filter((one) => one !== word)]);
        await assert.rejects(use(`less${n}`, FAILS_WITHIN_MS), FORBIDDEN, word);
      }
    } finally {
      admin.close();
      await cluster.stop();
    }
  });
});
