import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisStoreConfig } from './config.ts';

const configOf = (url: string) => redisStoreConfig(url, { retention_ms: null });

test('redis: the store URL names one server, a cluster or sentinels, and credentials', () => {
  const single = configOf('redis://us%40er:p%3Aw@host:7000/3?prefix=app&shards=256&replicas=2&call_timeout_ms=900');
  assert.deepEqual(single.addresses, [{ host: 'host', port: 7000 }]);
  assert.deepEqual([single.username, single.password, single.database, single.tls], ['us@er', 'p:w', 3, false]);
  assert.deepEqual(
    [single.prefix, single.shards, single.replicas, single.call_timeout_ms, single.topology.type],
    ['app', 256, 2, 900, 'single'],
  );
  const cluster = configOf('rediss://:secret@a,[::1]:7001,127.0.0.1:7002?cluster=true');
  assert.deepEqual(
    cluster.addresses.map(({ host, port }) => `${host} ${port}`),
    ['a 6379', '::1 7001', '127.0.0.1 7002'],
  );
  assert.deepEqual(
    [cluster.topology.type, cluster.tls, cluster.username, cluster.password],
    ['cluster', true, undefined, 'secret'],
  );
  const sentinel = configOf('redis://s1:26379,s2:26379/0?sentinel=mymaster');
  assert.deepEqual(sentinel.topology, { type: 'sentinel', name: 'mymaster' });
});

test('redis: an invalid URL is rejected with the reason, without its password', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['redis:', /should look like/],
    ['redis://', /should look like/],
    ['redis://:hunter2@host:6379/x', /should look like/],
    ['redis://:hunter2@host:99999', /invalid host/],
    ['redis://:hunter2@host:1:2', /invalid host/],
    ['redis://:hunter2%@host', /invalid password/],
    ['redis://:hunter2@host?colour=red', /unknown parameter "colour"/],
    ['redis://:hunter2@host?prefix=a&prefix=b', /"prefix" twice/],
    ['redis://:hunter2@host?prefix={a}', /invalid "prefix"/],
    ['redis://:hunter2@host?shards=8', /invalid "shards"/],
    ['redis://:hunter2@host?replicas=-1', /invalid "replicas"/],
    ['redis://:hunter2@host?cluster=yes', /invalid "cluster"/],
    ['redis://:hunter2@host?sentinel=', /empty "sentinel"/],
    ['redis://:hunter2@host?sentinel=a&cluster=true', /both/],
    ['redis://:hunter2@host/2?cluster=true', /only 0/],
    ['redis://:hunter2@a,b', /several hosts/],
  ];
  for (const [url, problem] of cases) {
    assert.throws(
      () => configOf(url),
      (error: Error & { code?: string }) =>
        error.code === 'INVALID_CONFIG' && problem.test(error.message) && !error.message.includes('hunter2'),
      url,
    );
  }
});
