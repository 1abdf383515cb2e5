import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { onFreePorts } from '../../../../../../testing/servers/free-port.ts';
import { RedisCluster } from '../../../../../../testing/servers/redis-cluster.ts';
import { startSentinel } from '../../../../../../testing/servers/redis-sentinel.ts';
import { RedisServer, type RedisServerOptions } from '../../../../../../testing/servers/redis-server.ts';
import { privateFolder, removeFolder } from '../../../../../../testing/servers/server-process.ts';
import { missingRedis } from '../../../../../../testing/stores/missing.ts';
import { withConnections } from '../../../../../../testing/stores/redis-commands.ts';
import { until } from '../../../../../../testing/until.ts';
import { systemClock } from '../../../domain/time/clock.ts';
import { createStore } from '../../../stores/create-store.ts';
import type { Examination } from './examination.ts';
import { assertFound, examined } from './fixtures/examined.ts';
import { machine } from './fixtures/machine.ts';
import { rewriting } from './fixtures/rewriting-proxy.ts';
import { examineStore } from './store-examination.ts';

const DURABLE = { appendonly: 'yes', appendfsync: 'always' };

function examine(url: string, clock = systemClock()): Promise<Examination> {
  return examined((examination) => examineStore(examination, url, { clock, probes: machine() }));
}

function send(server: RedisServer, ...words: readonly string[]): Promise<unknown> {
  return withConnections([server], async ([command]) => command?.(...words));
}

async function withServer(
  settings: NonNullable<RedisServerOptions['settings']>,
  work: (server: RedisServer) => Promise<void>,
): Promise<void> {
  const server = await RedisServer.start({ settings });
  try {
    await work(server);
  } finally {
    await server.remove();
  }
}

describe('redis', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start({ settings: DURABLE });
  });
  after(() => server.remove());

  test('a healthy server with sessions has no finding', async () => {
    const store = await createStore(server.url);
    await store.open();
    await store.close();
    const found = await examine(server.url);
    assertFound(found);
    assert.deepEqual(
      found.findings.map(({ code }) => code),
      ['REDIS_NO_REPLICA'],
    );
    assert.ok(found.made >= 10);
  });

  test('a clock that is off or wrong is found', async () => {
    const { now } = systemClock();
    assertFound(await examine(server.url, { now: () => now() + 5_000 }), 'CLOCK_OFF');
    assertFound(await examine(server.url, { now: () => now() - 60_000 }), 'CLOCK_WRONG');
    assertFound(await examine(server.url, { now: () => now() + 1_000 }));
  });

  test('another number of shards and another layout are found', async () => {
    assertFound(await examine(`${server.url}?shards=1`), 'LAYOUT_DIFFERS');
    assertFound(await examine(`${server.url}?prefix=new`), 'SCHEMA_MISSING', 'REDIS_SHARED');
    await send(server, 'SET', 'later:{x}:layout', '9 16');
    assertFound(await examine(`${server.url}?prefix=later`), 'SCHEMA_NEWER', 'REDIS_SHARED');
    await send(server, 'DEL', 'later:{x}:layout');
  });

  test('a URL for a cluster, and more replicas than there are, are found', async () => {
    assertFound(await examine(`${server.url}?replicas=2`), 'REDIS_REPLICAS_MISSING');
    assertFound(await examine(`${server.url}?cluster=true`), 'REDIS_MASTER_ALONE', 'REDIS_TOPOLOGY_DIFFERS');
  });

  test('a remote address without TLS and password is found, whether it responds or not', async () => {
    const { findings, unchecked } = await examine('redis://203.0.113.1:6379');
    const codes = findings.map(({ code }) => code);
    assert.deepEqual(codes, ['STORE_WITHOUT_TLS', 'REDIS_WITHOUT_PASSWORD']);
    assert.match(unchecked.map(({ reason }) => reason).join(), /^203\.0\.113\.1:6379: it cannot be reached/);
  });

  test('a server that is down, and rights that are missing, are no findings', async () => {
    const { findings, unchecked } = await examine('redis://127.0.0.1:1');
    assert.deepEqual([findings, unchecked.length], [[], 1]);
    await send(server, 'ACL', 'SETUSER', 'few', 'on', '>secret', '~*', '&*', '+ping', '+hello');
    const few = await examine(server.url.replace('redis://', 'redis://few:secret@'));
    assert.deepEqual(few.findings, []);
    assert.match(few.unchecked.map(({ reason }) => reason).join(), /lacks a right.*NOPERM/);
    const wrong = await examine(server.url.replace('redis://', 'redis://few:wrong@'));
    assert.match(wrong.unchecked.map(({ reason }) => reason).join(), /password is wrong/);
  });

  test('a server that is too old is found', async (t) => {
    const older = await rewriting(server.port, (text) => text.replace(/(redis_version):\d/, '$1:5'));
    t.after(older.stop);
    assertFound(await examine(`redis://127.0.0.1:${older.port}`), 'REDIS_VERSION_OLD');
  });

  test('no persistence, snapshots only, and late flushes are found', async () => {
    await withServer({ save: '""' }, async (other) => {
      assertFound(await examine(other.url), 'REDIS_NOT_PERSISTENT', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'save', '3600 1');
      assertFound(await examine(other.url), 'REDIS_SNAPSHOTS_ONLY', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'appendonly', 'yes', 'appendfsync', 'no');
      assertFound(await examine(other.url), 'REDIS_FLUSHES_LATE', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'appendfsync', 'everysec');
      assertFound(await examine(other.url), 'REDIS_FLUSHES_EACH_SECOND', 'SCHEMA_MISSING');
    });
  });

  test('eviction, full memory and many connections are found', async () => {
    await withServer({ ...DURABLE, 'maxmemory-policy': 'allkeys-lru' }, async (other) => {
      assertFound(await examine(other.url), 'REDIS_WOULD_EVICT', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'maxmemory', '1gb');
      assertFound(await examine(other.url), 'REDIS_EVICTS', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1mb');
      assertFound(await examine(other.url), 'REDIS_MEMORY_NEAR_MAX', 'SCHEMA_MISSING');
      await send(other, 'CONFIG', 'SET', 'maxmemory', '0', 'maxclients', '1');
      assertFound(await examine(other.url), 'REDIS_CLIENTS_NEAR_MAX', 'SCHEMA_MISSING');
    });
  });

  test('a save that has failed is found', async () => {
    await withServer(DURABLE, async (other) => {
      rmSync(other.folder, { recursive: true });
      await send(other, 'SET', 'ps:x', '1').catch(() => {});
      await send(other, 'BGSAVE');
      await until(async () => /rdb_last_bgsave_status:err/.test(String(await send(other, 'INFO', 'persistence'))));
      assertFound(await examine(other.url), 'REDIS_SAVE_FAILED', 'SCHEMA_MISSING');
    });
  });

  test('a replica in the place of a master is found', async () => {
    await withServer({ ...DURABLE, replicaof: `127.0.0.1 ${server.port}` }, async (replica) => {
      await until(async () => /master_link_status:up/.test(String(await send(replica, 'INFO', 'replication'))));
      assertFound(await examine(replica.url), 'REDIS_IS_REPLICA');
    });
  });
});

describe('redis cluster', { skip: missingRedis() ?? false }, () => {
  test('masters alone, missing slots and a cluster that is down are found', async (t) => {
    const cluster = await RedisCluster.start({ replicas_each: 0, settings: DURABLE });
    t.after(() => cluster.stop());
    const [first] = cluster.nodes;
    assert.ok(first);
    assertFound(await examine(cluster.url), 'REDIS_MASTER_ALONE', 'SCHEMA_MISSING');
    const alone = await examine(first.url);
    assert.ok(alone.findings.some(({ code }) => code === 'REDIS_TOPOLOGY_DIFFERS'));
    await send(first, 'CLUSTER', 'DELSLOTS', '7');
    await until(async () => /cluster_state:fail/.test(String(await send(first, 'CLUSTER', 'INFO'))));
    const { findings } = await examine(cluster.url);
    const codes = new Set(findings.map(({ code }) => code));
    assert.ok(codes.has('REDIS_SLOTS_MISSING') && codes.has('REDIS_CLUSTER_DOWN'), [...codes].join());
  });

  test('a healthy cluster has no finding', async (t) => {
    const cluster = await RedisCluster.start({ settings: DURABLE });
    t.after(() => cluster.stop());
    const store = await createStore(cluster.url);
    await store.open();
    await store.close();
    assertFound(await examine(cluster.url));
  });
});

describe('redis sentinel', { skip: missingRedis() ?? false }, () => {
  test('the master that a sentinel names is examined, and one alone is found', async (t) => {
    const master = await RedisServer.start({ settings: DURABLE });
    const folder = privateFolder('sentinel', null);
    let port = 0;
    const sentinel = await onFreePorts(1, ([free = 0]) => {
      port = free;
      return startSentinel(folder, port, master.port);
    });
    t.after(async () => {
      await sentinel.stop('SIGKILL');
      removeFolder(folder);
      await master.remove();
    });
    const url = `redis://127.0.0.1:${port}?sentinel=sessions`;
    assertFound(await examine(url), 'REDIS_MASTER_ALONE', 'SCHEMA_MISSING');
    const { findings, unchecked } = await examine(`redis://127.0.0.1:${port}?sentinel=other`);
    assert.deepEqual([findings, unchecked.length], [[], 1]);
    assert.match(String(unchecked[0]?.reason), /knows no master "other"/);
  });
});
