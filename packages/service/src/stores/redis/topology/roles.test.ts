import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TcpProxy } from '../../../../../../testing/servers/proxy.ts';
import { RedisServer } from '../../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { type Command, type Connections, connectTo } from '../../../../../../testing/stores/redis-commands.ts';
import { until } from '../../../../../../testing/until.ts';
import { NearSessions } from '../../../near-sessions/near-sessions.ts';
import { NOW } from '../../conformance/fixtures.ts';
import { isCaughtUp, ownSession, ReceivedChanges, timeOf, withStore } from '../fixtures/nodes.ts';
import type { RedisStore } from '../store.ts';

/** The limit for a recovery, from when new connections lead to a primary. */
const RECOVERED_WITHIN_MS = 5_000;
/** Commands in flight when the connection is given up fail with the second message. */
const LEFT = { code: 'STORE_UNAVAILABLE', message: /is a replica|connection was lost/ };
const NO_PRIMARY = { code: 'STORE_UNAVAILABLE', message: /is a replica/ };
const CLOSE = { type: 'close', reason: 'closed' } as const;
/** Resolves to whether a call has failed. */
const hasFailed = [() => false, () => true] as const;
const BOUNDS = { sessions_max: 10, bytes_max: 100_000 };

function isReady(store: RedisStore): Promise<void> {
  return until(() =>
    store.ping().then(
      () => true,
      () => false,
    ),
  );
}

describe('roles of Redis servers', { skip: missingRedis() ?? false, timeout: 60_000 }, () => {
  let servers: readonly RedisServer[] = [];
  let admin: Connections;
  let proxy: TcpProxy;
  before(async () => {
    const settings = { 'repl-diskless-sync-delay': '0' };
    servers = await Promise.all([RedisServer.start({ settings }), RedisServer.start({ settings })]);
    admin = await connectTo(servers);
    proxy = await TcpProxy.start(portOf(0));
  });
  after(async () => {
    await proxy.stop();
    admin.close();
    await Promise.all(servers.map((server) => server.remove()));
  });

  const portOf = (index: number): number => servers[index]?.port ?? 0;
  const command = (index: number): Command => admin.commands[index] ?? assert.fail();
  const url = () => `redis://127.0.0.1:${proxy.port}`;
  /** Makes one of the two servers the primary and lets new connections lead to it. */
  const replicate = async (primary: 0 | 1) => {
    const replica = 1 - primary;
    await command(primary)('REPLICAOF', 'NO', 'ONE');
    await command(replica)('REPLICAOF', '127.0.0.1', String(portOf(primary)));
    await until(async () => /master_link_status:up/.test(String(await command(replica)('INFO', 'replication'))));
    proxy.targetPort = portOf(primary);
  };
  const isReplicated = (id: string) =>
    until(async () => (await command(1)('EXISTS', `ps:{${id.slice(0, 1)}}:s:${id}`)) === 1);

  test('redis: a node leaves a server that becomes a replica despite open connections', async () => {
    await replicate(0);
    await withStore(url(), async (store) => {
      const near = new NearSessions(store, BOUNDS);
      const heard = new ReceivedChanges(store);
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      await isReplicated(one.id);
      await isCaughtUp(store);
      const isLive = async () => (await near.find(one.id, 60_000)).session?.close_time === null;
      assert.ok(await isLive());
      // The old primary does not receive the changes of the new one, and has old data.
      await command(1)('REPLICAOF', 'NO', 'ONE');
      const gap = heard.gap();
      await command(0)('REPLICAOF', '127.0.0.1', '1');
      await gap;
      // The feed has a connection of its own. The other one may query the role a moment later.
      await until(() => store.find(one.id).then(...hasFailed));
      for (const call of [store.ping(), store.find(one.id), store.update(one.id, CLOSE, NOW)]) {
        await assert.rejects(call, LEFT);
      }
      const stopped = store.watermark();
      await withStore(servers[1]?.url ?? '', (there) => there.update(one.id, CLOSE, NOW));
      proxy.targetPort = portOf(1);
      assert.equal(store.watermark(), stopped);
      const ms = await timeOf(() => isReady(store));
      assert.ok(ms < RECOVERED_WITHIN_MS, `${ms} ms`);
      await isCaughtUp(store);
      assert.equal(await isLive(), false);
      await store.insert(ownSession('u'), null, NOW);
    });
  });

  test('redis: a start at a replica waits for a primary, and names the replica if none', async () => {
    await replicate(1);
    proxy.targetPort = portOf(0);
    await assert.rejects(
      withStore(`${url()}?open_timeout_ms=300`, (store) => store.ping()),
      NO_PRIMARY,
    );
    const start = withStore(url(), (store) => store.insert(ownSession('u'), null, NOW));
    const accepted = proxy.accepted;
    await until(async () => proxy.accepted > accepted + 1);
    proxy.targetPort = portOf(1);
    await start;
  });

  test("redis: the watermark stands still while the feed's connection leads to a replica", async () => {
    await replicate(0);
    await withStore(url(), async (store) => {
      const heard = new ReceivedChanges(store);
      const gap = heard.gap();
      proxy.targetPort = portOf(1);
      await command(0)('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await gap;
      const stopped = store.watermark();
      const accepted = proxy.accepted;
      await until(async () => proxy.accepted > accepted + 2);
      await store.insert(ownSession('u'), null, NOW);
      assert.equal(store.watermark(), stopped);
      proxy.targetPort = portOf(0);
      const ms = await timeOf(() => isCaughtUp(store));
      assert.ok(ms < RECOVERED_WITHIN_MS, `${ms} ms`);
    });
  });

  test('redis: data read from a replica is evicted when the node leaves it', async () => {
    await replicate(0);
    const seldom = { feed_poll_ms: 5_000, silence_timeout_ms: 10_000 };
    await withStore(
      url(),
      async (store) => {
        const near = new NearSessions(store, BOUNDS);
        const heard = new ReceivedChanges(store);
        const one = ownSession('u');
        await store.insert(one, null, NOW);
        await isReplicated(one.id);
        // Now both are primaries. The node receives messages from the new one and reads from the old one.
        await command(1)('REPLICAOF', 'NO', 'ONE');
        proxy.targetPort = portOf(1);
        const lost = heard.gap();
        await command(0)('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await lost;
        await heard.gap();
        await command(0)('REPLICAOF', '127.0.0.1', '1');
        const closed = heard.next(({ type }) => type === 'changed');
        await withStore(servers[1]?.url ?? '', (there) => there.update(one.id, CLOSE, NOW));
        await closed;
        const isLive = async () => (await near.find(one.id, 60_000)).session?.close_time === null;
        assert.ok(await isLive());
        await assert.rejects(store.update(one.id, CLOSE, NOW), { message: /READONLY/ });
        await isReady(store);
        assert.equal(await isLive(), false);
      },
      seldom,
    );
  });

  test('redis: a server that takes no writes is not ready, with the reason, and is read', async () => {
    await replicate(0);
    await withStore(url(), async (store) => {
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      mkdirSync(join(servers[0]?.folder ?? '', 'dump.rdb'));
      const states = [
        { why: /out of memory \(OOM/, set: ['maxmemory', '1'], unset: ['maxmemory', '0'] },
        { why: /too few replicas/, set: ['min-replicas-to-write', '2'], unset: ['min-replicas-to-write', '0'] },
        { why: /cannot save its data \(MISCONF\)/, set: ['save', '3600 1'], unset: ['save', ''] },
      ];
      await until(async () => {
        // The server rejects it while another save is running, for example for a replica.
        await command(0)('BGSAVE').catch(() => {});
        return /rdb_last_bgsave_status:err/.test(String(await command(0)('INFO', 'persistence')));
      });
      for (const { why, set, unset } of states) {
        await command(0)('CONFIG', 'SET', ...set);
        await assert.rejects(store.ping(), { code: 'STORE_UNAVAILABLE', message: why });
        await assert.rejects(store.update(one.id, CLOSE, NOW), { code: 'STORE_UNAVAILABLE', message: why });
        assert.equal((await store.find(one.id))?.close_time, null);
        await command(0)('CONFIG', 'SET', ...unset);
        await store.ping();
      }
    });
  });
});
