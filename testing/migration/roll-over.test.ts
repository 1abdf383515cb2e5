import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../http/test-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { missingRedis } from '../stores/missing.ts';
import { rollOver } from './roll-over.ts';

test('a rolling restart from connect-redis loses no sign-in and no change', {
  skip: missingRedis() ?? false,
}, async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.stop());
  const service = await startTestServer();
  t.after(service.stop);
  service.clock.advance(Date.now() - service.clock.now());
  const rolled = await rollOver({
    redis_url: redis.url,
    service_url: service.url,
    users: 100,
    parallel: 8,
    instances: 2,
    wait_ms: 500,
  });
  for (const { phase, requests, sign_outs, lost_changes, errors } of rolled.phases) {
    assert.ok(requests > 0, phase);
    assert.deepEqual({ sign_outs, lost_changes, errors }, { sign_outs: 0, lost_changes: 0, errors: 0 }, phase);
  }
  assert.deepEqual([rolled.left_in_redis, rolled.in_service], [0, 100]);
});
