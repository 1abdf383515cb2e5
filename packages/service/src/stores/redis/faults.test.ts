import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { onFreePorts } from '../../../../../testing/servers/free-port.ts';
import { TcpProxy } from '../../../../../testing/servers/proxy.ts';
import { RedisServer } from '../../../../../testing/servers/redis-server.ts';
import { missingRedis } from '../../../../../testing/stores/missing.ts';
import { withConnections } from '../../../../../testing/stores/redis-commands.ts';
import { SessionsError } from '../../domain/errors.ts';
import { asJsonText } from '../../domain/json.ts';
import { monotonicTime } from '../../domain/time/clock.ts';
import { NOW, session } from '../conformance/fixtures.ts';
import { isCaughtUp, ownSession, ReceivedChanges, serves, timeOf, withStore } from './fixtures/nodes.ts';
import type { RedisStore } from './store.ts';

/** The timeout of a call, plus tolerance for a busy machine. */
const ANSWERED_WITHIN_MS = 2_000;
/** Without a connection, calls do not wait. */
const REFUSED_WITHIN_MS = 250;

describe('redis faults', { skip: missingRedis() ?? false }, () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start({
      settings: { appendonly: 'yes', appendfsync: 'always', 'repl-diskless-sync-delay': '0' },
    });
  });
  after(() => server.remove());

  const throughProxy = async (work: (store: RedisStore, proxy: TcpProxy, heard: ReceivedChanges) => Promise<void>) => {
    const proxy = await TcpProxy.start(server.port);
    try {
      const url = `redis://127.0.0.1:${proxy.port}`;
      await withStore(url, (store) => work(store, proxy, new ReceivedChanges(store)));
    } finally {
      await proxy.stop();
    }
  };

  test('redis: an unreachable server fails the start in time, with its address', async () => {
    const port = await onFreePorts(1, async ([free]) => free);
    const start = withStore(`redis://:secret@127.0.0.1:${port}?open_timeout_ms=300`, async (store) => store.ping());
    await assert.rejects(
      start,
      (error: SessionsError) =>
        error.code === 'STORE_UNAVAILABLE' &&
        error.message.includes(`127.0.0.1:${port}`) &&
        !/secret/.test(error.message),
    );
  });

  test('redis: a wrong password fails the start with that reason', async () => {
    const locked = await RedisServer.start({ settings: { requirepass: 'right' } });
    try {
      const at = `127.0.0.1:${locked.port}?open_timeout_ms=400`;
      for (const url of [`redis://:wrong@${at}`, `redis://${at}`]) {
        const start = withStore(url, async (store) => store.ping());
        await assert.rejects(start, { code: 'STORE_UNAVAILABLE', message: /password/ });
      }
      await withStore(`redis://:right@${at}`, async (store) => store.ping());
    } finally {
      await locked.remove();
    }
  });

  test('redis: calls fail at once while the server is down, and no write is lost', async () => {
    await withStore(server.url, async (store) => {
      const heard = new ReceivedChanges(store);
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      const gap = heard.gap();
      await server.kill();
      await gap;
      for (const call of [
        () => store.find(one.id),
        () => store.insert(ownSession('u'), null, NOW),
        () => store.ping(),
      ]) {
        const ms = await timeOf(() => assert.rejects(call(), { code: 'STORE_UNAVAILABLE' }));
        assert.ok(ms < REFUSED_WITHIN_MS, `${ms} ms`);
      }
      await server.restart();
      const ms = await timeOf(() => serves(store));
      assert.ok(ms < ANSWERED_WITHIN_MS, `${ms} ms`);
      assert.equal((await store.find(one.id))?.id, one.id);
      await isCaughtUp(store);
      await store.insert(ownSession('u'), { max: 1, policy: 'evict_oldest' }, NOW);
      assert.equal((await store.find(one.id))?.close_reason, 'evicted');
    });
  });

  test('redis: when the network drops everything, calls time out and recover', async () => {
    await throughProxy(async (store, proxy, heard) => {
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      const gap = heard.gap();
      const before = store.watermark();
      proxy.mode = 'drop';
      const change = { type: 'replace', member: 'data', value: asJsonText('1') } as const;
      for (const call of [() => store.find(one.id), () => store.update(one.id, change, NOW)]) {
        const ms = await timeOf(() => assert.rejects(call(), { code: 'STORE_UNAVAILABLE' }));
        assert.ok(ms < ANSWERED_WITHIN_MS, `${ms} ms`);
      }
      await gap;
      const refused = await timeOf(() => assert.rejects(store.find(one.id), { code: 'STORE_UNAVAILABLE' }));
      assert.ok(refused < REFUSED_WITHIN_MS, `${refused} ms`);
      assert.ok(store.watermark() - before < 500);
      const back = heard.gap();
      proxy.mode = 'pass';
      const ms = await timeOf(() => serves(store));
      assert.ok(ms < ANSWERED_WITHIN_MS, `${ms} ms`);
      await back;
      assert.equal((await store.update(one.id, change, NOW)).outcome, 'updated');
    });
  });

  test('redis: reset connections fail only the calls in progress', async () => {
    await throughProxy(async (store, proxy, heard) => {
      const outcomes = { ok: 0, failed: 0 };
      const stop = new AbortController();
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      const load = Array.from({ length: 20 }, async () => {
        while (!stop.signal.aborted) {
          await store.update(one.id, { type: 'replace', member: 'data', value: asJsonText('1') }, NOW).then(
            () => {
              outcomes.ok += 1;
            },
            async (error: unknown) => {
              assert.ok(error instanceof SessionsError && error.code === 'STORE_UNAVAILABLE', String(error));
              outcomes.failed += 1;
              await new Promise((resolve) => setTimeout(resolve, 5));
            },
          );
        }
      });
      for (let n = 0; n < 3; n += 1) {
        await isCaughtUp(store);
        const gap = heard.gap();
        await proxy.setMode('reset');
        await gap;
        await proxy.setMode('pass');
        await serves(store);
      }
      stop.abort();
      await Promise.all(load);
      const stored = await store.find(one.id);
      assert.ok(outcomes.failed > 0);
      // Writes that succeeded must be there; failed ones may be.
      assert.ok(
        Number(stored?.revision) > outcomes.ok && Number(stored?.revision) <= 1 + outcomes.ok + outcomes.failed,
      );
    });
  });

  test('redis: a write that happens after its timeout causes a gap', async () => {
    await withStore(server.url, async (store) => {
      const one = ownSession('u');
      await store.insert(one, null, NOW);
      const heard = new ReceivedChanges(store);
      const gap = heard.gap();
      server.pause();
      const close = store.update(one.id, { type: 'close', reason: 'closed' }, NOW);
      const ms = await timeOf(() => assert.rejects(close, { code: 'STORE_UNAVAILABLE' }));
      assert.ok(ms < ANSWERED_WITHIN_MS, `${ms} ms`);
      await gap;
      const again = heard.gap();
      server.resume();
      await again;
      await serves(store);
      assert.equal((await store.find(one.id))?.id, one.id);
    });
  });

  test('redis: a write that too few replicas have does not succeed', async () => {
    await withStore(`${server.url}?replicas=1`, async (store) => {
      const heard = new ReceivedChanges(store);
      const gap = heard.gap();
      const one = session('unreplicated');
      await assert.rejects(store.insert(one, null, NOW), { code: 'STORE_UNAVAILABLE', message: /replicas/ });
      await gap;
      await assert.rejects(store.ping(), { code: 'STORE_UNAVAILABLE', message: /replicas/ });
      // The write may have happened: here it did.
      assert.equal((await store.find(one.id))?.id, one.id);
      const replica = await RedisServer.start({
        settings: { replicaof: `127.0.0.1 ${server.port}` },
      });
      try {
        await withConnections([server], async ([command]) => {
          while (!/state=online/.test(String(await command?.('INFO', 'replication'))));
        });
        const start = monotonicTime();
        await Promise.all(Array.from({ length: 500 }, () => store.insert(ownSession('u'), null, NOW)));
        assert.ok(monotonicTime() - start < 3_000);
        await store.ping();
        await withConnections([replica], async ([command]) => {
          assert.equal(await command?.('EXISTS', 'ps:{x}:s:unreplicated'), 1);
        });
      } finally {
        await replica.remove();
      }
    });
  });
});
