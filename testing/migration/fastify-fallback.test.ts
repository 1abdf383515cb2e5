import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SessionStore } from '@fastify/session';
import { createClient } from '@redis/client';
import { RedisStore } from 'connect-redis';
import { createSessionsClient } from '../../packages/client/src/index.ts';
import { PipSessionsStore } from '../../packages/client/src/session-libraries/fastify-session.ts';
import { startTestServer } from '../http/test-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { missingRedis } from '../stores/missing.ts';
import { startFastifyShop } from './fastify-shop.ts';
import { at, HOUR_MS, startBrowsers } from './shop.ts';

const skip = missingRedis() ?? false;

/** Browsers that have used an application with connect-redis, and the application that takes their sessions over. */
async function start(t: TestContext) {
  const server = await RedisServer.start();
  t.after(() => server.stop());
  const redis = createClient({ url: server.url });
  // The outage of a test is an error of the connection.
  redis.on('error', () => {});
  await redis.connect();
  t.after(() => redis.destroy());
  const service = await startTestServer();
  t.after(service.stop);
  service.clock.advance(Date.now() - service.clock.now());
  const client = createSessionsClient({ url: service.url });
  const old = new RedisStore({ client: redis }) as unknown as SessionStore;
  const former = await startBrowsers(await startFastifyShop(t, old));
  const before = await Promise.all(Object.values(former).map(async (browser) => (await browser.get('/me')).body));
  const store = new PipSessionsStore({ client, fallback: { store: old, timeout_ms: 200 } });
  const url = await startFastifyShop(t, store);
  const after = { ann: at(url, former.ann), bob: at(url, former.bob), visitor: at(url, former.visitor) };
  return { server, redis, client, store, before, after };
}

test('@fastify/session: users and visitors of connect-redis go on with the new store', { skip }, async (t) => {
  const { redis, client, store, before, after } = await start(t);
  const bodies = await Promise.all(Object.values(after).map(async (browser) => (await browser.get('/me')).body));
  assert.deepEqual(bodies, before);
  assert.deepEqual([bodies[0].userId, bodies[1].max_age_ms, bodies[2].lang], ['ann', 24 * HOUR_MS, 'en']);
  assert.equal(await redis.dbSize(), 0);
  const [bob] = (await client.list({ user_id: '7', active: true })).items;
  assert.equal(bob?.idle_timeout, (24 * HOUR_MS) / 1000);
  assert.equal((await store.devices(bodies[1].sid))?.items.length, 1);
});

test('@fastify/session: a sign-out after the take-over is final if the copy comes back', { skip }, async (t) => {
  const { redis, client, after } = await start(t);
  const { sid } = (await after.ann.get('/me')).body;
  assert.equal(await redis.get(`sess:${sid}`), null);
  await after.ann.post('/logout');
  const copy = { cookie: { originalMaxAge: HOUR_MS, path: '/' }, userId: 'ann' };
  await redis.set(`sess:${sid}`, JSON.stringify(copy));
  assert.equal((await after.ann.get('/me')).body.userId, undefined);
  assert.equal(await client.count({ user_id: 'ann', active: true }), 0);
});

test('@fastify/session: an outage of the old store is a 503 and signs no user out', { skip }, async (t) => {
  const { server, after } = await start(t);
  await after.ann.get('/me');
  await server.stop();
  assert.equal((await after.ann.get('/me')).body.userId, 'ann', 'was taken over before');
  const away = await after.bob.get('/me');
  assert.deepEqual([away.status, away.body.code, away.headers.getSetCookie()], [503, 'FALLBACK_UNAVAILABLE', []]);
});
