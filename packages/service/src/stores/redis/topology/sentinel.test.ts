import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { onFreePorts } from '../../../../../../testing/servers/free-port.ts';
import { startSentinel } from '../../../../../../testing/servers/redis-sentinel.ts';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { privateFolder, removeFolder, type ServerProcess } from '../../../../../../testing/servers/server-process.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { withConnections } from '../../../../../../testing/stores/redis-commands.ts';
import { until } from '../../../../../../testing/until.ts';
import { NOW } from '../../conformance/fixtures.ts';
import { ownSession, ReceivedChanges, serves, timeOf, withStore } from '../fixtures/nodes.ts';

/** The sentinel needs half a second to detect a dead master, and more to promote a replica. */
const FAILED_OVER_WITHIN_MS = 15_000;

describe('redis sentinel', { skip: missingRedis() ?? false }, () => {
  const folder = privateFolder('sentinel', null);
  let master: RedisServer;
  let replica: RedisServer;
  let sentinel: ServerProcess;
  let port = 0;

  before(async () => {
    master = await RedisServer.start({ settings: { 'repl-diskless-sync-delay': '0' } });
    replica = await RedisServer.start({ settings: { replicaof: `127.0.0.1 ${master.port}` } });
    sentinel = await onFreePorts(1, ([free = 0]) => {
      port = free;
      return startSentinel(folder, port, master.port);
    });
    await withConnections([{ url: `redis://watcher:watcher@127.0.0.1:${port}` }], async ([command]) => {
      while (!/slaves=1/.test(String(await command?.('INFO', 'sentinel'))));
    });
    await withConnections([replica], async ([command]) => {
      while (!/master_link_status:up/.test(String(await command?.('INFO', 'replication'))));
    });
  });
  after(async () => {
    await sentinel.stop('SIGKILL');
    removeFolder(folder);
    await Promise.all([master.remove(), replica.remove()]);
  });

  test('redis: after a failover by sentinels, the new master has every successful write', async () => {
    await withStore(`redis://127.0.0.1:${port}?sentinel=sessions&replicas=1`, async (store) => {
      const heard = new ReceivedChanges(store);
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      const gap = heard.gap();
      await master.kill();
      await gap;
      const ms = await timeOf(() => serves(store));
      assert.ok(ms < FAILED_OVER_WITHIN_MS, `${ms} ms`);
      assert.equal((await store.find(one.id))?.id, one.id);
    });
    await withStore(`redis://127.0.0.1:${port}?sentinel=sessions`, async (store) => {
      await store.insert(ownSession('u'), null, NOW);
      assert.equal(await store.count({}, NOW), 2);
    });
  });

  test('redis: a node follows the sentinels even if the old master still runs', async () => {
    const other = await RedisServer.start();
    try {
      await withStore(`redis://127.0.0.1:${port}?sentinel=sessions`, async (store) => {
        await withConnections([{ url: `redis://watcher:watcher@127.0.0.1:${port}` }], async ([command]) => {
          await command?.('SENTINEL', 'REMOVE', 'sessions');
          await command?.('SENTINEL', 'MONITOR', 'sessions', '127.0.0.1', String(other.port), '1');
        });
        await withConnections([other], async ([command]) => {
          const one = ownSession('u');
          await until(async () => {
            await store.insert(ownSession('u'), null, NOW).catch(() => {});
            return Number(await command?.('DBSIZE')) > 0;
          });
          await serves(store);
          await store.insert(one, null, NOW);
          assert.equal((await store.find(one.id))?.id, one.id);
        });
      });
    } finally {
      await other.remove();
    }
  });

  test('redis: a master name unknown to the sentinels fails the start in time', async () => {
    const url = `redis://127.0.0.1:${port}?sentinel=other&open_timeout_ms=300`;
    await assert.rejects(
      withStore(url, async (store) => store.ping()),
      { code: 'STORE_UNAVAILABLE' },
    );
  });
});
