import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { PostgresServer } from '../../../testing/servers/postgres-server.ts';
import { RedisServer } from '../../../testing/servers/redis-server.ts';
import { missingPostgres, missingRedis } from '../../../testing/stores/missing.ts';
import { loadConfig } from './config/config.ts';
import { createLogger } from './observability/log.ts';
import { parsed } from './observability/metrics/fixtures/parsed.ts';
import { startService } from './service.ts';

const VALIDATIONS = 4;

/** Starts a service on a store of several nodes, validates a token some times, and returns a reader of its metrics. */
async function validated(t: TestContext, url: string) {
  const config = loadConfig({ SESSIONS_STORE: url, SESSIONS_PORT: '0' });
  const service = await startService(config, createLogger('silent'));
  t.after(service.stop);
  const { token } = await service.sessions.openWithToken({ user_id: 'u' }, null);
  for (let n = 0; n < VALIDATIONS; n += 1) await service.sessions.validate(token);
  return async () => parsed(await (await fetch(`${service.url}/metrics`)).text());
}

function assertCacheCounted(series: ReadonlyMap<string, number>): void {
  const [hits, misses] = [series.get('sessions_cache_hits_total'), series.get('sessions_cache_misses_total')];
  // Every validation is a hit or a miss. A feed that is late on a busy machine makes the cache miss.
  assert.ok(Number(hits) + Number(misses) >= VALIDATIONS, `${hits} hits and ${misses} misses`);
  assert.ok(Number(series.get('sessions_feed_lag_seconds')) >= 0);
  assert.ok(series.has('sessions_feed_gaps_total'));
}

test("on PostgreSQL the node's cache, the queues and the connections are shown", {
  skip: missingPostgres() ?? false,
}, async (t) => {
  const server = await PostgresServer.start({ settings: { fsync: 'off' } });
  t.after(() => server.remove());
  const series = await (await validated(t, await server.newDatabase()))();
  assertCacheCounted(series);
  for (const queue of ['reads', 'writes', 'lists', 'bulk_changes']) {
    assert.equal(series.get(`sessions_store_waiting{queue="${queue}"}`), 0, queue);
  }
  const connections = ['used', 'idle'].map((state) =>
    Number(series.get(`sessions_store_connections{state="${state}"}`)),
  );
  assert.ok(connections.reduce((sum, count) => sum + count) >= 1);
});

test('on Redis, a server that is away shows as not ready, failures and feed lag', {
  skip: missingRedis() ?? false,
}, async (t) => {
  const server = await RedisServer.start();
  t.after(() => server.remove());
  const read = await validated(t, server.url);
  const before = await read();
  assertCacheCounted(before);
  assert.equal(before.get('sessions_ready'), 1);
  await server.stop();
  const after = await read();
  assert.equal(after.get('sessions_ready'), 0);
  assert.ok(Number(after.get('sessions_store_failures_total{operation="other"}')) >= 1, 'the ping has failed');
  assert.ok(Number(after.get('sessions_feed_lag_seconds')) >= 0);
});
