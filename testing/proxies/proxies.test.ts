import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createSessionsClient } from '@pip-sessions/client';
import { RedisServer } from '../servers/redis-server.ts';
import { ServiceNode } from '../service/service-node.ts';
import { missingRedis } from '../stores/missing.ts';
import { CachedCallers } from './cached-callers.ts';
import { FollowedChanges } from './followed-changes.ts';
import { Load } from './load.ts';
import { PROXY_KINDS } from './proxy-kinds.ts';
import { missingProxy, ProxyServer } from './proxy-server.ts';

/** All requests come from one address. */
const SETTINGS = { SESSIONS_CALLER_SHARE: '100' };
/** The published bound: how long a cache may serve a session after its end. */
const BOUND_MS = 3_000;
const missing = [missingRedis(), ...PROXY_KINDS.map(missingProxy)].find((reason) => reason !== null);

/** Two nodes on one Redis, and each proxy with its configuration of `deploy/` in front of both. */
async function started(t: TestContext) {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const start = () => ServiceNode.start(redis.url, SETTINGS);
  const nodes = await Promise.all([start(), start()]);
  for (const node of nodes) t.after(() => node.kill());
  const ports = [nodes[0].port, nodes[1].port] as const;
  const proxies = await Promise.all(
    PROXY_KINDS.map(async (kind) => {
      const proxy = await ProxyServer.start(kind, ports);
      t.after(() => proxy.remove());
      return { ...kind, url: proxy.url };
    }),
  );
  return { nodes, proxies };
}

test('a rolling restart behind each proxy of deploy/ fails no request, and caches keep their bound', {
  skip: missing ?? false,
}, async (t) => {
  const { nodes, proxies } = await started(t);

  await t.test('a change at either node arrives on a stream through each proxy', async () => {
    const streams = await Promise.all(proxies.map(({ url }) => FollowedChanges.open(url)));
    for (const { url } of nodes) {
      const client = createSessionsClient({ url });
      const { session } = await client.open({ user_id: 'ann' });
      const start = performance.now();
      await client.close(session.id);
      const event = new RegExp(`"${session.id}".*"close_reason":"closed"`);
      await Promise.all(
        streams.map(async (stream, index) => {
          await stream.until(event);
          const late_ms = performance.now() - start;
          t.diagnostic(`${proxies[index]?.name}: a close arrived after ${late_ms.toFixed(1)} ms`);
        }),
      );
    }
    for (const stream of streams) stream.close();
  });

  await t.test('requests during the restart of one node after the other succeed', async () => {
    const loads = proxies
      .filter(({ repeatsBodies }) => repeatsBodies)
      .map(({ name, url }) => ({ name, load: new Load(url, name), callers: new CachedCallers(url) }));
    for (const node of nodes) {
      assert.equal(await node.restart(), 0);
      // The next node must not stop before each proxy sends requests to this one again.
      for (const { name } of loads) await node.hasServed(name);
    }
    for (const { name, load, callers } of loads) {
      const { ends, hits, live_ms_max, failures: misses } = await callers.stop();
      t.diagnostic(
        `${name}: ${ends} ends, ${hits} reads from the cache, live for up to ${live_ms_max} ms after an end`,
      );
      assert.deepEqual(misses.slice(0, 5), [], name);
      assert.ok(ends > 0 && hits > 0 && live_ms_max < BOUND_MS, name);
      const { requests, failures, latency_ms_max } = await load.stop();
      t.diagnostic(`${name}: ${requests} requests, ${failures.length} failed, the slowest took ${latency_ms_max} ms`);
      assert.deepEqual(failures.slice(0, 5), [], name);
      assert.ok(requests > 0, name);
    }
  });
});
