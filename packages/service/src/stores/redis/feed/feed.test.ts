import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChangeListeners } from '../../../domain/changes.ts';
import { redisStoreConfig } from '../config.ts';
import { Keys } from '../data/keys.ts';
import type { ShardRouter } from '../topology/shard-router.ts';
import { Feed } from './feed.ts';

test('redis: a feed that is closed during a poll looks for no other server', { timeout: 10_000 }, async () => {
  const polled = Promise.withResolvers<void>();
  const response = Promise.withResolvers<string>();
  let subscriptions = 0;
  const router = {
    addresses: () => {
      subscriptions += 1;
      return [{ host: '127.0.0.1', port: 1 }];
    },
    send: () => {
      polled.resolve();
      return response.promise;
    },
    checkRoles: async () => {},
  } as unknown as ShardRouter;
  const config = { ...redisStoreConfig('redis://127.0.0.1:1?sentinel=main', { retention_ms: null }), feed_poll_ms: 1 };
  const feed = new Feed(config, new Keys('ps', 1), router, { changes: new ChangeListeners(), unbelieved: () => {} });
  void feed.start(Buffer.alloc(32));
  await polled.promise;
  feed.close();
  response.resolve('0');
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  assert.equal(subscriptions, 1);
});
